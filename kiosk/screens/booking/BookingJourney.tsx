import { useMachine } from '@xstate/react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fromPromise } from 'xstate';
import type { hallRoutes, MemberCredential } from '../../../contract/hall-api.ts';
import { refused } from '../../../contract/refusals.ts';
import type { Api } from '../../../ui/api/client.ts';
import { ConfirmDialog } from '../../../ui/components/Dialogs.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { LoadingState } from '../../../ui/components/Waiting.tsx';
import { bookingMachine } from '../../journeys/booking.machine.ts';
import type { BookWish, OneBooking } from '../../journeys/booking.machine.ts';
import { useJourney, useLive, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { MemberPage } from '../journey/MemberPage.tsx';
import { BookingConfirm } from './BookingConfirm.tsx';
import { BookingEnd } from './BookingEnd.tsx';
import { MyBookings } from './MyBookings.tsx';
import { PlacesPage } from './PlacesPage.tsx';
import { SlotsPage } from './SlotsPage.tsx';
import { spanWords } from './span-words.ts';
import './booking.css';

function actorsOf(api: Api<typeof hallRoutes>) {
  return {
    book: fromPromise(({ input }: { input: BookWish }) =>
      api.call('book', {
        body: { credential: input.credential, resource: input.resource, ...input.span },
      }),
    ),
    find: fromPromise(({ input }: { input: MemberCredential }) =>
      api.call('myBookings', { body: { credential: input } }),
    ),
    arrive: fromPromise(({ input }: { input: OneBooking }) =>
      api.call('checkInBooking', { params: { id: input.id }, body: { credential: input.credential } }),
    ),
    cancel: fromPromise(({ input }: { input: OneBooking }) =>
      api.call('cancelBooking', { params: { id: input.id }, body: { credential: input.credential } }),
    ),
    arriveByScan: fromPromise(async ({ input }: { input: string }) => {
      const answer = await api.call('scan', { body: { text: input, source: 'serial' } });
      if (!answer.ok) return answer;
      return answer.value.purpose === 'booking'
        ? { ok: true as const, value: answer.value.booking }
        : refused('qr-wrong-purpose');
    }),
  };
}

/** What is free now, book it; my bookings: arrive, cancel. */
export function BookingJourney({ onExit }: { onExit: () => void }): ReactNode {
  const { api, home } = useJourney();
  const { t } = useTranslation('booking');
  const say = useSay();
  const machine = useMemo(() => bookingMachine.provide({ actors: actorsOf(api) }), [api]);
  const [state, send] = useMachine(machine);
  const { context } = state;
  useLive((message) => {
    if (message.type === 'scan' && state.matches('who')) send({ type: 'scanned', text: message.text });
  });
  const frame = {
    pictogram: 'court' as const,
    title: t('title'),
    second: t('second'),
    onHome: onExit,
    onBack: () => send({ type: 'back' }),
  };

  if (state.matches('board'))
    return (
      <PlacesPage
        frame={{ ...frame, onBack: onExit }}
        onPick={(resource, today) => send({ type: 'pick', resource, today })}
        onMine={() => send({ type: 'mine' })}
      />
    );
  if (state.matches('slots') && context.resource !== undefined)
    return (
      <SlotsPage
        frame={frame}
        resource={context.resource}
        day={context.day}
        span={context.span}
        refusal={context.refusal}
        onDay={(day) => send({ type: 'day', day })}
        onSlot={(slot, slots) => send({ type: 'slot', slot, slots })}
        onNext={() => send({ type: 'next' })}
      />
    );
  if (state.matches('who') || state.matches('finding') || state.matches('scanning'))
    return (
      <MemberPage
        {...frame}
        title={context.purpose === 'mine' ? t('mine') : frame.title}
        page="booking/who"
        before={context.credential}
        refusal={context.refusal}
        pending={!state.matches('who')}
        submit={t('nextStep')}
        {...(context.purpose === 'mine'
          ? { other: <Notice pictogram="scan" title={t('haveCode')} detail={t('haveCodeDetail')} /> }
          : {})}
        onDone={(credential) => send({ type: 'who', credential })}
      />
    );
  if ((state.matches('confirm') || state.matches('booking')) && context.resource !== undefined)
    return (
      <BookingConfirm
        frame={frame}
        resource={context.resource}
        span={context.span}
        refusal={context.refusal}
        pending={state.matches('booking')}
        onConfirm={() => send({ type: 'confirm' })}
        onChange={() => send({ type: 'back' })}
      />
    );
  if (state.matches('done') && context.made !== undefined)
    return (
      <BookingEnd
        frame={{ ...frame, onBack: onExit }}
        kind="booked"
        booking={context.made.booking}
        slip={context.made.slip}
        onMore={() => send({ type: 'back' })}
      />
    );
  if ((state.matches('arrived') || state.matches('cancelled')) && context.chosen !== undefined)
    return (
      <BookingEnd
        frame={frame}
        kind={state.matches('arrived') ? 'arrived' : 'cancelled'}
        booking={context.chosen}
        onMore={() => send({ type: 'back' })}
      />
    );
  if (
    state.matches('mine') ||
    state.matches('asking') ||
    state.matches('cancelling') ||
    state.matches('arriving')
  ) {
    const chosen = context.chosen;
    return (
      <>
        <MyBookings
          frame={frame}
          nameMasked={context.nameMasked}
          bookings={context.bookings}
          refusal={context.refusal}
          busy={!state.matches('mine')}
          onArrive={(booking) => send({ type: 'arrive', booking })}
          onCancel={(booking) => send({ type: 'cancel', booking })}
          onBook={() => send({ type: 'back' })}
        />
        <ConfirmDialog
          isOpen={state.matches('asking')}
          title={t('cancelTitle')}
          text={
            chosen === undefined
              ? ''
              : t('cancelText', {
                  place: say.words(chosen.resourceName),
                  time: spanWords(chosen.booking, say.zh, home.hall.timeZone),
                })
          }
          confirm={t('cancelConfirm')}
          cancel={t('cancelKeep')}
          onConfirm={() => send({ type: 'confirm' })}
          onCancel={() => send({ type: 'back' })}
        />
      </>
    );
  }
  return (
    <JourneyFrame {...frame} page="booking">
      <LoadingState />
    </JourneyFrame>
  );
}
