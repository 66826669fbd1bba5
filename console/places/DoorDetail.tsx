import { useState } from 'react';
import type { ReactNode } from 'react';
import type { DoorCommandView } from '../../contract/hall-api.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { fromInstant } from '../../contract/time.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { doorMark } from '../rules/attention.rules.ts';
import type { Door } from '../rules/attention.rules.ts';
import { DoorActs } from './DoorActs.tsx';
import type { DoorAct } from './DoorActs.tsx';
import { useOpening } from './use-opening.ts';
import { LeaseWords } from './LeaseWords.tsx';

/** One door: what was commanded, what the sensor sees, who rents it, and what staff may do. */
export function DoorDetail({ door }: { door: Door }): ReactNode {
  const { t, ago } = useWords();
  const now = useHallNow();
  const [act, setAct] = useState<DoorAct>();
  const [commandId, setCommandId] = useState<string>();
  const { compartment } = door;
  const ask = (next: DoorAct) => () => {
    setAct(next);
  };
  return (
    <section className="door-detail" aria-labelledby="door-title">
      <h3 id="door-title">
        <strong>{compartment.number}</strong>
        <span>
          {t(`places.size.${compartment.size}`)} · {t(`places.mark.${doorMark(door)}`)}
        </span>
      </h3>
      {commandId === undefined ? null : <Opening commandId={commandId} />}
      {door.mismatch ? (
        <Notice kind="attention" title={t('places.mismatchTitle')} detail={t('places.mismatchDetail')} />
      ) : null}
      <dl className="facts">
        <div>
          <dt>{t('places.commanded')}</dt>
          <dd>
            {t(`places.command.${door.commanded}`)}
            {door.commandedAt === null ? null : <small>{ago(door.commandedAt, now)}</small>}
          </dd>
        </div>
        <div>
          <dt>{t('places.observed')}</dt>
          <dd>
            {door.observed === 'unknown' ? (
              <StateMark state="unknown" word={t('places.position.unknown')} />
            ) : (
              t(`places.position.${door.observed}`)
            )}
            {door.observedAt === null ? null : <small>{ago(door.observedAt, now)}</small>}
          </dd>
        </div>
        <div>
          <dt>{t('places.lease')}</dt>
          <dd>
            <LeaseWords lease={door.lease} />
          </dd>
        </div>
      </dl>
      <div className="door-detail__acts">
        <ActionButton label={t('places.open')} pictogram="door-open" onPress={ask('open')} />
        {door.lease === null ? null : (
          <ActionButton kind="quiet" label={t('places.end')} onPress={ask('end')} />
        )}
        <ActionButton
          kind="quiet"
          label={compartment.state === 'out' ? t('places.putBack') : t('places.takeOut')}
          onPress={ask(compartment.state === 'out' ? 'back' : 'out')}
        />
      </div>
      {act === undefined ? null : (
        <DoorActs
          act={act}
          door={door}
          onOpened={setCommandId}
          onClose={() => {
            setAct(undefined);
          }}
        />
      )}
    </section>
  );
}

/** How the opening that was just sent is going. */
function Opening({ commandId }: { commandId: string }): ReactNode {
  const { t, sayRefusal } = useWords();
  const opening = useOpening(commandId);
  if (opening === undefined) return null;
  const good = opening.state === 'opened' || opening.state === 'closed';
  const going = opening.state === 'intended' || opening.state === 'sent';
  return (
    <div role="status">
      <Notice
        kind={good ? 'ok' : going ? 'info' : 'attention'}
        pictogram="clock"
        title={t('places.openingTitle', {
          number: opening.compartment,
          state: t(`places.opening.${opening.state}`),
        })}
        {...(opening.refusal === undefined ? {} : { detail: sayRefusal(toRefusal(opening.refusal)) })}
      />
    </div>
  );
}

/** The wire form has `params: undefined`, which a refusal has not. */
function toRefusal(wire: NonNullable<DoorCommandView['refusal']>): Refusal {
  return wire.params === undefined ? { code: wire.code } : { code: wire.code, params: wire.params };
}

/** True while the lease has run past its end and still holds the compartment. */
export function isOverdue(door: Door, now: number): boolean {
  return door.lease !== null && door.lease.state !== 'ended' && fromInstant(door.lease.endsAt) < now;
}
