import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { DeskView } from '../../contract/hall-api.ts';
import { fromInstant } from '../../contract/time.ts';
import { formatTime } from '../../ui/clock.ts';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useDesk } from '../board/desk-context.tsx';
import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';

type PowerView = DeskView['power'][number];
const CHOICES = ['auto', 'on', 'off'] as const;
/** A hand holds this long, unless the room is given back before. */
const BY_HAND_MINUTES = 120;

/** Light and power of one place: on or off, why, and the three ways to have it [CN17]. */
export function PowerLines({ resource }: { resource: number }): ReactNode {
  const { power } = useDesk();
  return power
    .filter((each) => each.resource === resource)
    .map((each) => <PowerLine key={each.id} power={each} />);
}

function PowerLine({ power }: { power: PowerView }): ReactNode {
  const { t, say, sayRefusal, zone } = useWords();
  const { run, refusal } = useAct('switchPower');
  const name = say(power.name);
  const until = power.until === null ? '' : formatTime(fromInstant(power.until), zone);
  const why = t(`places.power.why.${power.why}`, { time: until, name: power.by ?? '' });
  const chosen = power.why === 'by-hand' ? (power.wanted ? 'on' : 'off') : 'auto';
  return (
    <div className="resource__power">
      <span>
        <strong>{t(`places.power.${power.wanted ? 'on' : 'off'}`, { name })}</strong>
        <small>{why}</small>
        {power.observed === null ? (
          <StateMark state="unknown" quiet word={t('places.power.notSeen')} />
        ) : power.trouble ? (
          <StateMark state="attention" quiet word={t('places.power.trouble')} />
        ) : null}
      </span>
      <span role="group" aria-label={name}>
        {CHOICES.map((to) => (
          <Button
            key={to}
            className="resource__switch"
            aria-pressed={to === chosen}
            onPress={() => void run({ params: { id: power.id }, body: { to, minutes: BY_HAND_MINUTES } })}
          >
            {t(`places.power.to.${to}`)}
          </Button>
        ))}
      </span>
      {refusal === undefined ? null : <p role="alert">{sayRefusal(refusal)}</p>}
    </div>
  );
}
