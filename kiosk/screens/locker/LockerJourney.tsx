import { useMachine } from '@xstate/react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fromCallback, fromPromise } from 'xstate';
import type { hallRoutes, LeaseView } from '../../../contract/hall-api.ts';
import type { Clock } from '../../../contract/ports.ts';
import type { Api } from '../../../ui/api/client.ts';
import { useClock } from '../../../ui/clock.ts';
import { LoadingState } from '../../../ui/components/Waiting.tsx';
import { lockerMachine } from '../../journeys/locker.machine.ts';
import type {
  LockerAct,
  LockerCredential,
  LockerEvent,
  LockerHolder,
  LockerSize,
} from '../../journeys/locker.machine.ts';
import { useJourney } from '../journey/journey-context.ts';
import type { Journey } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { CodePage } from './CodePage.tsx';
import { DoorPage } from './DoorPage.tsx';
import { HolderPage } from './HolderPage.tsx';
import { LeasePage } from './LeasePage.tsx';
import { LockerMenu } from './LockerMenu.tsx';
import { ShutPage } from './ShutPage.tsx';
import { SizePage } from './SizePage.tsx';
import { TermsPage } from './TermsPage.tsx';
import './locker.css';

/** The hall tells of an opening by its live view; asked as well, should the view be cut. */
const ASK_EVERY_MS = 700;

function actorsOf(api: Api<typeof hallRoutes>, onLive: Journey['onLive'], clock: Clock) {
  return {
    present: fromPromise(({ input }: { input: LockerCredential }) =>
      api.call('presentLocker', { body: { credential: input } }),
    ),
    act: fromPromise(({ input }: { input: { credential: LockerCredential; act: LockerAct } }) =>
      api.call('actLocker', { body: input }),
    ),
    rent: fromPromise(
      ({ input }: { input: { holder: LockerHolder | undefined; size: LockerSize; minutes: number } }) =>
        api.call('rentLocker', {
          body: {
            holder: input.holder ?? { kind: 'visitor', mobile: '' },
            size: input.size,
            minutes: input.minutes,
            termsAccepted: true,
          },
        }),
    ),
    follow: fromCallback<LockerEvent, string>(({ input, sendBack }) => {
      let stopped = false;
      let cancel = (): void => undefined;
      const forget = onLive((message) => {
        if (message.type === 'door' && message.command.commandId === input)
          sendBack({ type: 'door', command: message.command });
      });
      const ask = (): void => {
        cancel = clock.after(ASK_EVERY_MS, () => {
          void api.call('doorCommand', { params: { id: input } }).then((answer) => {
            if (stopped) return;
            if (answer.ok) sendBack({ type: 'door', command: answer.value });
            ask();
          });
        });
      };
      ask();
      return () => {
        stopped = true;
        cancel();
        forget();
      };
    }),
  };
}

export interface LockerJourneyProps {
  /** A code was held up before this opened, and what it may do. */
  presented?: { readonly text: string; readonly lease: LeaseView };
  onExit: () => void;
}

/** Put something away, open again, give back. */
export function LockerJourney({ presented, onExit }: LockerJourneyProps): ReactNode {
  const { api, onLive } = useJourney();
  const clock = useClock();
  const { t } = useTranslation('locker');
  const machine = useMemo(
    () => lockerMachine.provide({ actors: actorsOf(api, onLive, clock) }),
    [api, onLive, clock],
  );
  const [state, send] = useMachine(machine, {
    input: {
      credential: presented === undefined ? undefined : { kind: 'qr', text: presented.text },
      lease: presented?.lease,
    },
  });
  const { context } = state;
  const frame = {
    pictogram: 'locker' as const,
    title: t('title'),
    second: t('second'),
    onHome: onExit,
    onBack: () => send({ type: 'back' }),
  };

  if (state.matches('menu'))
    return (
      <LockerMenu
        frame={{ ...frame, onBack: onExit }}
        onRent={() => send({ type: 'rent' })}
        onMine={() => send({ type: 'mine' })}
      />
    );
  if (state.matches('code') || state.matches('presenting'))
    return (
      <CodePage
        frame={frame}
        refusal={context.refusal}
        pending={state.matches('presenting')}
        onCode={(credential) => send({ type: 'code', credential })}
      />
    );
  if ((state.matches('lease') || state.matches('acting')) && context.lease !== undefined)
    return (
      <LeasePage
        frame={frame}
        lease={context.lease}
        refusal={context.refusal}
        pending={state.matches('acting')}
        onAct={(act) => send({ type: 'act', act })}
      />
    );
  if (state.matches('size'))
    return (
      <SizePage frame={frame} refusal={context.refusal} onSize={(size) => send({ type: 'size', size })} />
    );
  if (state.matches('holder'))
    return (
      <HolderPage
        frame={frame}
        before={context.holder}
        refusal={context.refusal}
        onHolder={(holder) => send({ type: 'holder', holder })}
      />
    );
  if (state.matches('terms') || state.matches('renting'))
    return (
      <TermsPage
        frame={frame}
        size={context.size ?? 'small'}
        minutes={context.minutes}
        refusal={context.refusal}
        pending={state.matches('renting')}
        onMinutes={(minutes) => send({ type: 'minutes', minutes })}
        onAgree={() => send({ type: 'agree' })}
      />
    );
  if (state.matches('door') && context.command !== undefined)
    return <DoorPage frame={frame} command={context.command} lease={context.lease} />;
  if (state.matches('shut') && context.command !== undefined)
    return (
      <ShutPage
        frame={{ ...frame, onBack: onExit }}
        command={context.command}
        lease={context.lease}
        rented={context.rented}
        onAct={(act) => send({ type: 'act', act })}
      />
    );
  return (
    <JourneyFrame {...frame} page="locker">
      <LoadingState />
    </JourneyFrame>
  );
}
