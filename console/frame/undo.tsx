import { createContext, use, useCallback, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useCountdown } from '../../ui/clock.ts';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import { useWords } from '../board/words.ts';
import { useShortcut } from './shortcuts.tsx';

/** Seconds the hall lets staff take a decision back. */
export const UNDO_SECONDS = 10;

interface Offer {
  id: number;
  text: string;
  /** Takes the act back; what to say then. */
  undo: () => Promise<string>;
}

interface Foot {
  /** Says what was done and offers to take it back for 10 s [CN7]. */
  offerUndo: (text: string, undo: () => Promise<string>) => void;
  /** Says something that cannot be taken back. */
  tell: (text: string) => void;
  offer: Offer | undefined;
  told: string | undefined;
  drop: () => void;
}

const FootContext = createContext<Foot | undefined>(undefined);

export function FootProvider({ children }: { children?: ReactNode }): ReactNode {
  const [offer, setOffer] = useState<Offer>();
  const [told, setTold] = useState<string>();
  const offerUndo = useCallback((text: string, undo: () => Promise<string>) => {
    setTold(undefined);
    setOffer((before) => ({ id: (before?.id ?? 0) + 1, text, undo }));
  }, []);
  const tell = useCallback((text: string) => {
    setOffer(undefined);
    setTold(text);
  }, []);
  const drop = useCallback(() => {
    setOffer(undefined);
    setTold(undefined);
  }, []);
  const value = useMemo(() => ({ offerUndo, tell, offer, told, drop }), [offerUndo, tell, offer, told, drop]);
  return <FootContext value={value}>{children}</FootContext>;
}

export function useFoot(): Foot {
  const foot = use(FootContext);
  if (foot === undefined) throw new Error('no FootProvider above');
  return foot;
}

/** The last act in words, with the way back while there is one. */
export function UndoBar(): ReactNode {
  const { offer, told } = useFoot();
  return (
    <div className="desk-undo" role="status">
      {offer !== undefined ? <UndoOffer key={offer.id} offer={offer} /> : null}
      {offer === undefined && told !== undefined ? <Told key={told} text={told} /> : null}
    </div>
  );
}

/** Goes by itself: what was done a while ago is no news, and the language may have changed. */
function Told({ text }: { text: string }): ReactNode {
  const { drop } = useFoot();
  useCountdown(UNDO_SECONDS, drop, text);
  return (
    <>
      <Pictogram name="ok" />
      <span>{text}</span>
    </>
  );
}

function UndoOffer({ offer }: { offer: Offer }): ReactNode {
  const { t } = useWords();
  const { drop, tell } = useFoot();
  const left = useCountdown(UNDO_SECONDS, drop, offer.id);
  const undo = (): void => {
    drop();
    void offer.undo().then(tell);
  };
  useShortcut('z', t('keys.undo'), undo);
  return (
    <>
      <Pictogram name="undo" />
      <span>{offer.text}</span>
      <Button className="desk-link desk-link--strong" onPress={undo}>
        {t('undo.act')}
      </Button>
      <span aria-hidden="true">{t('undo.left', { count: left })}</span>
      <kbd>Z</kbd>
    </>
  );
}
