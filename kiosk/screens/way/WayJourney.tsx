import { useMachine } from '@xstate/react';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { fromPromise } from 'xstate';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { ErrorState, LoadingState } from '../../../ui/components/Waiting.tsx';
import { anchorOf } from '../../journeys/places.rules.ts';
import { wayMachine } from '../../journeys/way.machine.ts';
import type { RouteWish } from '../../journeys/way.machine.ts';
import { useVisitor } from '../frame/visitor-settings.ts';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { useHallQuery } from '../journey/use-hall-query.ts';
import { PlaceList } from './PlaceList.tsx';
import { RoutePage } from './RoutePage.tsx';
import './way.css';

export interface WayJourneyProps {
  /** Unit id: opens with the way there; left out, the person chooses. */
  target?: string;
  onExit: () => void;
}

/** Find my way: from this kiosk to a place, drawn and in words. */
export function WayJourney({ target, onExit }: WayJourneyProps): ReactNode {
  const { api } = useJourney();
  const { settings } = useVisitor();
  const { t } = useTranslation('way');
  const say = useSay();
  const plan = useHallQuery('map', {});
  const machine = useMemo(
    () =>
      wayMachine.provide({
        actors: {
          route: fromPromise(({ input }: { input: RouteWish }) =>
            api.call('route', { query: { to: input.to, stepFree: input.stepFree ? 'true' : 'false' } }),
          ),
        },
      }),
    [api],
  );
  const [state, send] = useMachine(machine, {
    // Who sits in front of the screen does not take the stairs.
    input: { stepFree: settings.lowReach, ...(target === undefined ? {} : { target }) },
  });
  const { context } = state;
  const back = (): void => {
    if (target === undefined) send({ type: 'back' });
    else onExit();
  };
  const frame = { pictogram: 'route' as const, title: t('title'), second: t('second'), onHome: onExit };
  const anchor = plan.data === undefined ? undefined : anchorOf(plan.data.map, plan.data.anchor);

  if (plan.data === undefined || anchor === undefined)
    return (
      <JourneyFrame {...frame} page="way">
        {plan.data === undefined && plan.refusal === undefined ? (
          <LoadingState title={t('loading')} />
        ) : (
          <ErrorState title={t('noMap')} detail={t('noMapDetail')} onRetry={plan.again} />
        )}
      </JourneyFrame>
    );
  if (state.matches('list'))
    return (
      <PlaceList
        frame={frame}
        map={plan.data.map}
        ownLevel={anchor.properties.level}
        onPick={(unit) => send({ type: 'pick', target: unit })}
      />
    );
  if (context.route !== undefined && (state.matches('route') || state.matches('asking')))
    return (
      <RoutePage
        frame={{ ...frame, onBack: back }}
        map={plan.data.map}
        anchor={anchor}
        route={context.route}
        level={context.level === '' ? anchor.properties.level : context.level}
        stepFree={context.stepFree}
        pending={state.matches('asking')}
        onLevel={(level) => send({ type: 'level', level })}
        onStepFree={(on) => send({ type: 'step-free', on })}
      />
    );
  if (state.matches('refused') && context.refusal !== undefined)
    return (
      <JourneyFrame {...frame} page="way/refused" onBack={back}>
        <ErrorState
          title={say.refusal(context.refusal)}
          detail={t('refusedDetail')}
          onRetry={() => send({ type: 'retry' })}
        />
        {context.stepFree && context.refusal.code === 'no-way' ? (
          <ActionButton
            pictogram="stairs"
            label={t('withStairs')}
            onPress={() => send({ type: 'step-free', on: false })}
          />
        ) : null}
      </JourneyFrame>
    );
  return (
    <JourneyFrame {...frame} page="way" onBack={back}>
      <LoadingState title={t('looking')} />
    </JourneyFrame>
  );
}
