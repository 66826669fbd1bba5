import type { ResourceView } from '../../contract/hall-api.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';

/** What the sensors say of a place, as words to choose from. Pure. */

export interface SensorSays {
  /** Key of the sentence; `count` is minutes (0 = just now). */
  readonly key: 'seenEmpty' | 'seenPeople' | 'silent' | 'stuck' | 'noSensor' | 'noNews';
  readonly minutes: number;
  /** The sensors do not agree, or are few. */
  readonly unsure: boolean;
}

/** Below this the words add "not quite sure": the same bar at which a booking may be released. */
const SURE = 0.6;

/** Age and confidence are told; a silent or stuck sensor is told as such, never as an empty place [KB11]. */
export function sensorSays(view: Pick<ResourceView, 'occupancy'>, now: UnixMillis): SensorSays {
  const { state, at, sensors, confidence } = view.occupancy;
  const minutes = at === null ? 0 : Math.max(0, Math.floor((now - fromInstant(at)) / 60_000));
  if (sensors.length === 0) return { key: 'noSensor', minutes: 0, unsure: false };
  if (state === 'unknown') {
    const seen = sensors.flatMap((sensor) => (sensor.at === null ? [] : [fromInstant(sensor.at)]));
    if (sensors.some((sensor) => sensor.trust === 'stuck'))
      return { key: 'stuck', minutes: 0, unsure: false };
    if (seen.length === 0) return { key: 'noNews', minutes: 0, unsure: false };
    return {
      key: 'silent',
      minutes: Math.max(1, Math.floor((now - Math.max(...seen)) / 60_000)),
      unsure: false,
    };
  }
  return { key: state === 'empty' ? 'seenEmpty' : 'seenPeople', minutes, unsure: confidence < SURE };
}

/** How a place is drawn. */
export function courtState(
  view: Pick<ResourceView, 'occupancy' | 'free'>,
): 'free' | 'busy' | 'booked' | 'unknown' {
  switch (view.free) {
    case 'free':
      return 'free';
    case 'unknown':
      return 'unknown';
    case 'busy':
      return view.occupancy.state === 'occupied' ? 'busy' : 'booked';
  }
}
