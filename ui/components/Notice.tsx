import type { ReactNode } from 'react';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import './feedback.css';

export interface NoticeProps {
  kind?: 'info' | 'attention' | 'ok';
  /** Only for `info`; the other kinds have their shape. */
  pictogram?: PictogramName;
  title: string;
  detail?: string;
  /** An ActionButton kind="quiet". */
  action?: ReactNode;
}

/** A strip beside the main thing: "手机里有码，不用点", "您 13:58 签过了". */
export function Notice({ kind = 'info', pictogram = 'info', title, detail, action }: NoticeProps): ReactNode {
  const sign = kind === 'attention' ? 'warning' : kind === 'ok' ? 'ok' : pictogram;
  return (
    <div className={`notice notice--${kind}`} {...(kind === 'info' ? {} : { role: 'status' })}>
      <Pictogram name={sign} />
      <div className="notice__words">
        <strong>{title}</strong>
        {detail === undefined ? null : <small>{detail}</small>}
      </div>
      {action}
    </div>
  );
}
