import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Refusal } from '../../../contract/refusals.ts';
import { Notice } from '../../../ui/components/Notice.tsx';
import { useSay } from './journey-context.ts';

/** Why it did not go on, in words; takes focus when it appears so that it is read out. */
export function RefusalNotice({
  refusal,
  detail,
}: {
  refusal: Refusal | undefined;
  detail?: string;
}): ReactNode {
  const say = useSay();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal !== undefined) place.current?.focus();
  }, [refusal]);
  if (refusal === undefined) return null;
  return (
    <div ref={place} tabIndex={-1} className="refusal-notice">
      <Notice kind="attention" title={say.refusal(refusal)} {...(detail === undefined ? {} : { detail })} />
    </div>
  );
}
