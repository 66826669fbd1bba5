import { useRef } from 'react';
import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { HallMap, Route, RouteStep } from '../../../contract/map.ts';
import type { PrintJob } from '../../../contract/messages.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Toggle } from '../../../ui/components/Choices.tsx';
import { StepsList } from '../../../ui/components/StepsLine.tsx';
import type { PictogramName } from '../../../ui/pictograms/Pictogram.tsx';
import { doorNumber, levelsOf } from '../../journeys/places.rules.ts';
import type { AnchorFeature } from '../../journeys/places.rules.ts';
import { useReadAloud } from '../frame/use-read-aloud.ts';
import { useVisitor } from '../frame/visitor-settings.ts';
import { useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';
import { PrintButton } from '../journey/PrintButton.tsx';
import { PlanFigure } from './PlanFigure.tsx';

const TURN_SIGNS: Readonly<Record<RouteStep['turn'], PictogramName>> = {
  straight: 'arrow-straight',
  left: 'turn-left',
  right: 'turn-right',
  back: 'arrow-down',
  lift: 'lift',
  stairs: 'stairs',
  'arrive-left': 'pin',
  'arrive-right': 'pin',
  'arrive-ahead': 'pin',
};

export interface RoutePageProps {
  frame: Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome' | 'onBack'>;
  map: HallMap;
  anchor: AnchorFeature;
  route: Route;
  level: string;
  stepFree: boolean;
  pending: boolean;
  onLevel: (level: string) => void;
  onStepFree: (on: boolean) => void;
}

/** The way as a plan turned to the person, and as numbered steps that need no map. */
export function RoutePage(props: RoutePageProps): ReactNode {
  const { map, anchor, route, level } = props;
  const { t } = useTranslation('way');
  const { settings } = useVisitor();
  const say = useSay();
  const steps = useRef<HTMLDivElement>(null);
  const voice = useReadAloud(steps, settings.language);
  const name = say.words(route.toName);
  const door = doorNumber(route.toName);
  const goalLevel = route.steps.at(-1)?.level;
  const floors = levelsOf(map);
  const floorWord = (id: string): string =>
    id === anchor.properties.level ? t('youAreHereFloor') : id === goalLevel ? t('goalFloor') : '';
  // In low reach everything that takes a finger leaves the upper part of the screen.
  const beside = !settings.lowReach;
  const above = beside && document.documentElement.dataset['orientation'] !== 'landscape';
  const floorSwitch = (
    <div className={beside ? 'floors floors--beside' : 'floors'} role="group" aria-label={t('floors')}>
      {floors.map((floor) => (
        <ToggleButton
          key={floor.id}
          className="floor"
          isSelected={floor.id === level}
          onChange={() => {
            props.onLevel(floor.id);
          }}
        >
          <strong>{floor.properties.short}</strong>{' '}
          <span>{floorWord(floor.id) === '' ? t('floor') : floorWord(floor.id)}</span>
        </ToggleButton>
      ))}
    </div>
  );
  const stepFreeSwitch = (
    <Toggle
      label={t('stepFree')}
      hint={t('stepFreeHint')}
      on={t('on')}
      off={t('off')}
      checked={props.stepFree}
      onChange={props.onStepFree}
    />
  );
  return (
    <JourneyFrame
      {...props.frame}
      title={t('to', { name: spaced(name) })}
      second={t('to', { lng: say.zh ? 'en' : 'zh-CN', name: say.zh ? route.toName.en : route.toName.zh })}
      page="way/route"
      read={
        <>
          <div className="route__head">
            {door === undefined ? null : <p className="route__door">{door}</p>}
            <div>
              <h2>{name}</h2>
              <p>
                {t('length', { count: route.minutes, metres: route.metres })}
                {route.steps.some((step) => step.turn === 'stairs') ? t('hasStairs') : t('noSteps')}
              </p>
            </div>
            {above ? stepFreeSwitch : null}
          </div>
          <div className="route__plan">
            <PlanFigure map={map} anchor={anchor} route={route} level={level} />
            {beside ? floorSwitch : null}
          </div>
          <p className="journey__note">{t('upIsAhead')}</p>
        </>
      }
    >
      {beside ? null : floorSwitch}
      {above ? null : stepFreeSwitch}
      <div ref={steps} className={props.pending ? 'route__steps route__steps--old' : 'route__steps'}>
        <StepsList
          steps={route.steps.map((step, index) => ({
            id: String(index),
            title: say.words(step.words),
            pictogram: TURN_SIGNS[step.turn],
            ...(step.landmark === undefined ? {} : { detail: say.words(step.landmark) }),
            ...(step.metres === 0 ? {} : { end: t('metres', { count: step.metres }) }),
          }))}
        />
      </div>
      <div className="frame__foot journey__even">
        {voice.toggle === undefined ? null : (
          <ActionButton
            pictogram={voice.reading ? 'speaker-stop' : 'speaker'}
            label={voice.reading ? t('stopReading') : t('read')}
            hint={t('readHint')}
            onPress={() => voice.toggle?.(!voice.reading)}
          />
        )}
        <PrintButton label={t('print')} hint={t('printHint')} job={slipOf(route, say.zh, t)} />
        <ActionButton
          pictogram="back"
          label={t('otherPlace')}
          {...(props.frame.onBack === undefined ? {} : { onPress: props.frame.onBack })}
        />
      </div>
    </JourneyFrame>
  );
}

/** The way on paper, in large letters, in the language on the screen. */
function slipOf(
  route: Route,
  zh: boolean,
  t: (key: 'length' | 'metres', values: { count: number; metres?: number }) => string,
): PrintJob {
  const language = zh ? 'zh' : 'en';
  return {
    lines: [
      { kind: 'text', text: route.toName[language].slice(0, 200), size: 'huge', align: 'center' },
      {
        kind: 'text',
        text: t('length', { count: route.minutes, metres: route.metres }),
        size: 'normal',
        align: 'center',
      },
      { kind: 'rule' },
      ...route.steps.slice(0, 40).flatMap((step, index) => [
        {
          kind: 'text' as const,
          text: `${String(index + 1)}. ${step.words[language]}${
            step.metres === 0 ? '' : ` ${t('metres', { count: step.metres })}`
          }`.slice(0, 200),
          size: 'large' as const,
          align: 'left' as const,
        },
        ...(step.landmark === undefined
          ? []
          : [
              {
                kind: 'text' as const,
                text: step.landmark[language].slice(0, 200),
                size: 'normal' as const,
                align: 'left' as const,
              },
            ]),
      ]),
    ],
  };
}

/** Chinese words stand apart from figures by a space. */
function spaced(name: string): string {
  return /^\d/.test(name) ? ` ${name}` : name;
}
