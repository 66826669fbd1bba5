import { useState } from 'react';
import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { useNow } from '../../ui/clock.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useAct } from '../data/use-act.ts';
import { useWords } from '../data/words.ts';
import { Facts, OutcomeStrip } from '../frame/Outcome.tsx';
import type { Outcome } from '../frame/Outcome.tsx';
import { Page } from '../frame/PhoneFrame.tsx';
import { thingsOf } from '../rules/agenda.rules.ts';
import type { Thing } from '../rules/agenda.rules.ts';
import { dayAt } from '../rules/days.rules.ts';
import { ThingState } from './ThingState.tsx';

const MINUTE = 60_000;

/** One booking: its code, and giving it back. */
export function BookingPage(): ReactNode {
  const { view } = usePhone();
  const { t, say } = useWords(view.hall.timeZone);
  const { id } = useParams();
  const now = useNow(1000);
  const thing = thingsOf(view, now).find((each) => each.kind === 'booking' && each.of.booking.id === id);
  if (thing?.kind !== 'booking') {
    return (
      <Page pictogram="court" title={t('courts.detail')} backTo="/">
        <EmptyState title={t('code.none')} detail={t('code.noneDetail')} />
      </Page>
    );
  }
  return (
    <Page pictogram="court" title={say(thing.of.resource)} backTo="/">
      <BookingDetail thing={thing} />
    </Page>
  );
}

function BookingDetail({ thing }: { thing: Thing & { kind: 'booking' } }): ReactNode {
  const { view, reachable } = usePhone();
  const { t, say, span, time, dayName } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  const navigate = useNavigate();
  const cancel = useAct('cancelPhoneBooking');
  const book = useAct('bookPhone');
  const [outcome, setOutcome] = useState<Outcome>();
  const { booking } = thing.of;
  const place = view.resources.find((each) => each.number === booking.resource);
  const pending = cancel.pending || book.pending;

  const giveBack = async (): Promise<void> => {
    book.forget();
    setOutcome(undefined);
    const answer = await cancel.run({ params: { id: booking.id } });
    if (answer?.ok !== true) return;
    setOutcome({ kind: 'ok', title: t('courts.didCancel'), undo: () => void bookAgain() });
  };
  const bookAgain = async (): Promise<void> => {
    cancel.forget();
    setOutcome(undefined);
    const answer = await book.run({
      body: { resource: booking.resource, startsAt: booking.startsAt, endsAt: booking.endsAt },
    });
    if (answer?.ok !== true) return;
    setOutcome({ kind: 'ok', title: t('courts.backBooked') });
    // A booking made again has a number of its own.
    await navigate(`/bookings/${answer.value.booking.id}`, { replace: true });
  };

  return (
    <>
      <ThingState thing={thing} />
      <OutcomeStrip outcome={outcome} refusal={cancel.refusal ?? book.refusal} pending={pending} />
      <Facts
        rows={[
          [t('courts.placeLabel'), say(thing.of.resource)],
          [
            t('courts.timeLabel'),
            <>
              {dayName(dayAt(thing.from, view.hall.timeZone), now)}{' '}
              <span className="nowrap">{span(thing.from, thing.to)}</span>
            </>,
          ],
          ...(place === undefined
            ? []
            : [
                [
                  t('courts.lateLabel'),
                  time(fromInstant(booking.startsAt) + place.checkInAfter * MINUTE),
                ] as const,
              ]),
        ]}
      />
      {thing.over ? null : (
        <section className="stack">
          {thing.grant === undefined ? null : (
            <ActionButton
              kind="primary"
              pictogram="scan"
              label={t('today.showCode')}
              onPress={() => void navigate(`/code/${thing.grant?.grantId ?? ''}`)}
            />
          )}
          {booking.state === 'booked' ? (
            <ActionButton
              label={t('courts.cancel')}
              isDisabled={!reachable}
              isPending={pending}
              onPress={() => void giveBack()}
            />
          ) : null}
          {reachable ? null : <p className="quiet">{t('offline.needsNetwork')}</p>}
        </section>
      )}
    </>
  );
}
