import type { ReactNode } from 'react';
import type { DeskView } from '../../contract/hall-api.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';
import { formatTime, hourOfDay } from '../../ui/clock.ts';
import { DayBar } from '../../ui/components/DayBar.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import type { State } from '../../ui/components/StateMark.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { worstTrust } from '../rules/attention.rules.ts';
import { PowerLines } from './PowerLines.tsx';

type Place = DeskView['resources'][number];

const OCCUPANCY: Record<Place['occupancy']['state'], State> = {
  occupied: 'full',
  empty: 'free',
  unknown: 'unknown',
};

/** Every bookable place: what the sensors say and how sure, and today's bookings as a bar. */
export function ResourceList(): ReactNode {
  const { t } = useWords();
  const { resources } = useDesk();
  return (
    <section className="resources" aria-labelledby="resources-title">
      <h2 id="resources-title" className="page-rule">
        {t('places.resources')}
      </h2>
      {resources.length === 0 ? (
        <EmptyState
          pictogram="court"
          title={t('places.resourcesEmpty')}
          detail={t('places.resourcesEmptyDetail')}
        />
      ) : (
        <ul>
          {resources.map((place, index) => (
            <ResourceRow key={place.resource.number} place={place} scale={index === resources.length - 1} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ResourceRow({ place, scale }: { place: Place; scale: boolean }): ReactNode {
  const { t, say, ago, zone } = useWords();
  const now = useHallNow();
  const { occupancy, resource } = place;
  const live = place.bookings.filter(({ booking }) => ['booked', 'checked-in'].includes(booking.state));
  return (
    <li className="resource">
      <div className="resource__name">
        <strong>{say(resource.name)}</strong>
        <small>
          {place.temperature === null
            ? resource.unit
            : t('places.degrees', { value: place.temperature.toFixed(1) })}
        </small>
      </div>
      <div className="resource__now">
        <StateMark state={OCCUPANCY[occupancy.state]} word={t(`places.${occupancy.state}`)} />
        <small>
          {occupancy.state === 'unknown'
            ? ''
            : `${t('places.confidence', { percent: Math.round(occupancy.confidence * 100) })} · ${ago(occupancy.at, now)}`}
        </small>
        <Sensors sensors={occupancy.sensors} now={now} />
      </div>
      <div className="resource__day">
        <DayBar
          label={say(resource.name)}
          opens={hourOf(resource.opens)}
          closes={hourOf(resource.closes)}
          booked={live.map(({ booking }) => ({
            from: hourOfDay(fromInstant(booking.startsAt), zone),
            to: hourOfDay(fromInstant(booking.endsAt), zone),
          }))}
          now={hourOfDay(now, zone)}
          scale={scale}
        />
        <small>{nextBooking({ t, zone }, live, now)}</small>
      </div>
      <PowerLines resource={resource.number} />
    </li>
  );
}

/** Sensors that are not fresh, each with its name and the age of its last word [CN12]. */
function Sensors({ sensors, now }: { sensors: Place['occupancy']['sensors']; now: UnixMillis }): ReactNode {
  const { t, ago } = useWords();
  const worst = worstTrust(sensors);
  if (worst === 'none' || worst === 'fresh')
    return (
      <small className="desk-quiet">
        {t('places.sensors')} {t(`places.trust.${worst}`)}
      </small>
    );
  return (
    <ul>
      {sensors
        .filter((sensor) => sensor.trust !== 'fresh')
        .map((sensor) => (
          <li key={sensor.device}>
            <StateMark
              state="attention"
              quiet
              word={`${kindWord(t, sensor.kind)} ${t(`places.trust.${sensor.trust}`)} · ${ago(sensor.at, now)}`}
            />
          </li>
        ))}
    </ul>
  );
}

const SENSOR_KINDS = [
  'presence',
  'motion',
  'contact',
  'temperature',
  'humidity',
  'co2',
  'count',
  'power',
] as const;

function kindWord(t: ReturnType<typeof useWords>['t'], kind: string): string {
  const known = SENSOR_KINDS.find((each) => each === kind);
  return known === undefined ? kind : t(`places.sensorKind.${known}`);
}

function nextBooking(
  { t, zone }: Pick<ReturnType<typeof useWords>, 't' | 'zone'>,
  bookings: Place['bookings'],
  now: UnixMillis,
): string {
  const current = bookings.find(
    ({ booking }) => fromInstant(booking.startsAt) <= now && now < fromInstant(booking.endsAt),
  );
  if (current !== undefined)
    return t('places.nowBooked', {
      name: current.nameMasked,
      time: formatTime(fromInstant(current.booking.endsAt), zone),
    });
  const next = [...bookings]
    .sort((a, b) => fromInstant(a.booking.startsAt) - fromInstant(b.booking.startsAt))
    .find(({ booking }) => fromInstant(booking.startsAt) > now);
  if (next === undefined) return t('places.noNext');
  const time = formatTime(fromInstant(next.booking.startsAt), zone);
  return `${t('places.next')} ${t('places.nextAt', { time, name: next.nameMasked })}`;
}

/** `09:30` -> 9.5 */
function hourOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) + (minutes ?? 0) / 60;
}
