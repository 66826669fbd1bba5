import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import type { Thing } from '../rules/agenda.rules.ts';
import { useNow } from '../../ui/clock.ts';

/** Name and second line of a thing. */
export function useThingWords(thing: Thing): { title: string; detail: string } {
  const { view } = usePhone();
  const { t, say, span, when } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  switch (thing.kind) {
    case 'session': {
      const { session } = thing.of;
      return {
        title: say(session.activity),
        detail: `${span(thing.from, thing.to)} · ${t('activities.room', { room: session.room })}`,
      };
    }
    case 'booking':
      return { title: say(thing.of.resource), detail: span(thing.from, thing.to) };
    case 'lease':
      return {
        title: t('today.locker', { number: thing.of.compartment }),
        detail: t('today.lockerSize', {
          size: t(`lockers.${thing.of.size}`),
          time: when(thing.to, now),
        }),
      };
  }
}

/** The page of a thing. */
export function pathOf(thing: Thing): string {
  switch (thing.kind) {
    case 'session':
      return `/activities/${String(thing.of.session.number)}`;
    case 'booking':
      return `/bookings/${thing.of.booking.id}`;
    case 'lease':
      return '/lockers';
  }
}
