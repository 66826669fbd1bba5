import type { Clock, Millis } from '../../contract/ports.ts';
import type { ZigbeeBridge } from './zigbee2mqtt.ts';

/** Each sensor reports at least this often, as real ones do. */
const EVERY: Millis = 60_000;
/** Somebody plays for this long, then the place is empty for as long; each place begins elsewhere in the turn. */
const TURN: Millis = 15 * 60_000;
/** Court 4's sensor has an empty battery: what nobody measures is shown as not known. */
const REPORTING = [1, 2, 3, 5, 6];

/** Presence and temperature of the demonstration hall's places, for as long as the returned function is not called. */
export function startDemoSensors(bridge: ZigbeeBridge, clock: Clock): () => void {
  let stopped = false;
  let cancel = (): void => undefined;
  const report = async (): Promise<void> => {
    for (const court of REPORTING) {
      const occupancy = Math.floor(clock.now() / TURN + court) % 2 === 0;
      await bridge.report(`court/${String(court)}/presence`, { occupancy, battery: 90 + court });
    }
    for (const court of [1, 2])
      await bridge.report(`court/${String(court)}/climate`, { temperature: 20 + court / 2, humidity: 45 });
  };
  const turn = (): void => {
    // A hall that restarts misses a report; the next one comes in a minute.
    void report().catch(() => undefined);
    if (!stopped) cancel = clock.after(EVERY, turn);
  };
  turn();
  return () => {
    stopped = true;
    cancel();
  };
}
