import type { ReactNode } from 'react';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useNow } from '../../ui/clock.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import type { PhoneSessionView, Thing } from '../rules/agenda.rules.ts';
import { bookingState, leaseState, sessionState } from '../rules/state-words.rules.ts';

/** How a thing stands: shape, colour and word [PP7]. */
export function ThingState({ thing }: { thing: Thing }): ReactNode {
  const { view } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const now = useNow(1000);
  switch (thing.kind) {
    case 'session':
      return <SessionState each={thing.of} />;
    case 'booking': {
      const { shape, word } = bookingState(thing.of, now);
      return <StateMark state={shape} word={t(`booking.${word}`)} />;
    }
    case 'lease': {
      const { shape, word } = leaseState(thing.of, now);
      return <StateMark state={shape} word={t(`lease.${word}`)} />;
    }
  }
}

/** The same for a session, the member's or not. */
export function SessionState({ each }: { each: PhoneSessionView }): ReactNode {
  const { view } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const now = useNow(1000);
  const { shape, word } = sessionState(each, now);
  return <StateMark state={shape} word={t(`session.${word}`, { count: each.left })} />;
}
