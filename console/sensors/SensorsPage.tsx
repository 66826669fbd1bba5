import type { ReactNode } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { SensorsView } from '../../contract/hall-api.ts';
import type { Words } from '../../contract/ids.ts';
import { StateMark } from '../../ui/components/StateMark.tsx';
import type { State } from '../../ui/components/StateMark.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/components/Waiting.tsx';
import { RefusalError, useDeskApi } from '../board/desk-api.ts';
import { useHallNow } from '../board/desk-context.tsx';
import { useAct } from '../board/use-act.ts';
import { SENSORS_KEY } from '../board/use-desk.ts';
import { useWords } from '../board/words.ts';
import { useFoot } from '../frame/undo.tsx';
import './sensors.css';

type Sensor = SensorsView['sensors'][number];
type Place = SensorsView['places'][number];
type T = ReturnType<typeof useWords>['t'];

const REFETCH_MS = 5_000;
const MARKS: Record<Sensor['state'], State> = {
  fresh: 'ok',
  silent: 'attention',
  stuck: 'attention',
  offline: 'attention',
  never: 'unknown',
  gone: 'attention',
};

/** Sensors found on the bus: what each says, and the place it belongs to, by one touch [SE25]. */
export function SensorsPage(): ReactNode {
  const { t } = useWords();
  const api = useDeskApi();
  const query = useQuery<SensorsView, RefusalError>({
    queryKey: SENSORS_KEY,
    queryFn: async () => {
      const answer = await api.call('sensors', {});
      if (!answer.ok) throw new RefusalError(answer.refusal);
      return answer.value;
    },
    retry: false,
    networkMode: 'always',
    refetchInterval: REFETCH_MS,
  });
  if (query.data === undefined)
    return query.error === null ? (
      <LoadingState title={t('sensors.loading')} />
    ) : (
      <ErrorState
        title={t('sensors.failed')}
        detail={t('sensors.failedDetail')}
        onRetry={() => void query.refetch()}
      />
    );
  const { sensors, lost, places } = query.data;
  const open = sensors.filter((each) => each.resource === null);
  const given = sensors.filter((each) => each.resource !== null);
  return (
    <div className="sensors">
      <div className="page-head">
        <h1>{t('sensors.title')}</h1>
        <p>{t('sensors.summary', { given: given.length, open: open.length })}</p>
      </div>
      {sensors.length === 0 ? (
        <EmptyState pictogram="court" title={t('sensors.empty')} detail={t('sensors.emptyDetail')} />
      ) : null}
      <Group title={t('sensors.open')} list={open} places={places} />
      <Group title={t('sensors.given')} list={given} places={places} />
      {lost.length === 0 ? null : (
        <section aria-labelledby="sensors-lost">
          <h2 id="sensors-lost" className="page-rule">
            {t('sensors.lost')}
          </h2>
          <ul>
            {lost.map((each) => (
              <li key={each.id} className="sensors__lost">
                <strong>{each.device}</strong>
                <span>{each.name}</span>
                <StateMark
                  state={each.state === 'refused' ? 'attention' : 'unknown'}
                  quiet
                  word={reasonWord(t, each.reason)}
                />
                <small>{each.detail}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Group({
  title,
  list,
  places,
}: {
  title: string;
  list: readonly Sensor[];
  places: readonly Place[];
}): ReactNode {
  if (list.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="page-rule">{title}</h2>
      <ul>
        {list.map((sensor) => (
          <SensorLine key={sensor.id} sensor={sensor} places={places} />
        ))}
      </ul>
    </section>
  );
}

function SensorLine({ sensor, places }: { sensor: Sensor; places: readonly Place[] }): ReactNode {
  const { t, say, sayRefusal, ago } = useWords();
  const now = useHallNow();
  const client = useQueryClient();
  const api = useDeskApi();
  const foot = useFoot();
  const { run, refusal } = useAct('placeSensor');
  const quantity = quantityWord(t, sensor.quantity);
  const what = `${sensor.device} ${quantity}`;
  const fetchAgain = (): void => void client.invalidateQueries({ queryKey: SENSORS_KEY });

  async function give(place: Place | null): Promise<void> {
    const answer = await run({ body: { id: sensor.id, resource: place?.number ?? null } });
    fetchAgain();
    if (answer?.ok !== true) return;
    const { before } = answer.value;
    const done =
      place === null ? t('sensors.took', { what }) : t('sensors.gave', { what, place: say(place.name) });
    foot.offerUndo(done, async () => {
      const back = await api.call('placeSensor', { body: { id: sensor.id, resource: before } });
      fetchAgain();
      return back.ok ? t('sensors.undone', { what }) : sayRefusal(back.refusal);
    });
  }

  return (
    <li className="sensor">
      <div className="sensor__who">
        <strong>{sensor.device}</strong>
        <small>{[quantity, sensor.model].filter((each) => each !== null).join(' · ')}</small>
      </div>
      <div className="sensor__says">
        <strong>{valueWord(t, sensor)}</strong>
        <StateMark state={MARKS[sensor.state]} quiet word={t(`sensors.states.${sensor.state}`)} />
        <small>{sensor.at === null ? '' : ago(sensor.at, now)}</small>
      </div>
      <div className="sensor__place">
        {sensor.fixed ? (
          <span>{t('sensors.fixed', { place: placeName(places, sensor.resource, say) })}</span>
        ) : (
          <div role="group" aria-label={t('sensors.give', { what })}>
            {places.map((place) => (
              <Button
                key={place.number}
                className="sensor__give"
                aria-pressed={place.number === sensor.resource}
                onPress={() => void give(place.number === sensor.resource ? null : place)}
              >
                {place.number === sensor.resource ? '✓ ' : ''}
                {say(place.name)}
              </Button>
            ))}
          </div>
        )}
        {refusal === undefined ? null : <p role="alert">{sayRefusal(refusal)}</p>}
      </div>
    </li>
  );
}

function placeName(places: readonly Place[], number: number | null, say: (words: Words) => string): string {
  const place = places.find((each) => each.number === number);
  return place === undefined ? String(number ?? '') : say(place.name);
}

const QUANTITIES = [
  'presence',
  'contact',
  'temperature',
  'humidity',
  'co2',
  'illuminance',
  'power',
  'energy',
  'voltage',
  'current',
  'battery',
  'pressure',
  'water-leak',
  'smoke',
  'gas',
  'connectivity',
] as const;

function quantityWord(t: T, quantity: string): string {
  const known = QUANTITIES.find((each) => each === quantity);
  return known === undefined ? quantity : t(`sensors.quantity.${known}`);
}

const REASONS = [
  'topic-refused',
  'not-heard',
  'not-a-sensor',
  'template',
  'quantity',
  'unit',
  'no-topic',
  'off-delay',
  'malformed',
] as const;

function reasonWord(t: T, reason: string): string {
  const known = REASONS.find((each) => each === reason);
  return known === undefined ? reason : t(`sensors.reason.${known}`);
}

/** A number with its unit; yes and no in the words of the quantity. */
function valueWord(t: T, { value, quantity, unit }: Sensor): string {
  if (value === null) return '—';
  if (typeof value === 'number')
    return `${String(Math.round(value * 100) / 100)}${unit === null ? '' : ` ${unit}`}`;
  if (quantity === 'presence') return t(value ? 'sensors.value.somebody' : 'sensors.value.nobody');
  if (quantity === 'contact') return t(value ? 'sensors.value.closed' : 'sensors.value.open');
  if (quantity === 'connectivity') return t(value ? 'sensors.value.there' : 'sensors.value.away');
  return t(value ? 'sensors.value.alarm' : 'sensors.value.calm');
}
