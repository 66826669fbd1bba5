import type { GatewayDevice } from '../contract/config.ts';
import type { LockBoardState } from '../contract/messages.ts';
import type { Clock } from '../contract/ports.ts';
import { toInstant } from '../contract/time.ts';
import type { LineReport, LineUnits, Unit, UnitOutput } from './unit.ts';

/** The lock boards of one line, which can be sent away so that somebody else may speak on it [DV46]. */
export interface PausableLine extends LineUnits {
  /** Resolves when the line is free: commands under way have ended, nothing is written any more. */
  pause(): Promise<void>;
  /** The units begin anew, as at a start of the gateway. */
  resume(): void;
}

/**
 * @param build makes the units with a transport of their own; called again at each resume
 * @param away told to the broker: a device of a paused line is `offline`, so that nobody uses a code up for it
 */
export function createPausableLine(parts: {
  readonly devices: readonly Pick<GatewayDevice, 'id' | 'compartments'>[];
  readonly build: () => LineUnits;
  readonly output: (device: string) => UnitOutput;
  readonly away: (device: string, away: boolean) => void;
  readonly clock: Clock;
}): PausableLine {
  const { devices, clock } = parts;
  const running = new Set<Promise<unknown>>();
  let current = parts.build();
  let paused = false;
  let stopped = false;
  let lastReport: LineReport = current.report();

  const unitOf = (id: string): Unit | undefined => current.units.find((unit) => unit.id === id);

  function sayPaused({ id, compartments }: (typeof devices)[number]): void {
    const at = toInstant(clock.now());
    const state: LockBoardState = {
      at,
      doors: Object.fromEntries(
        compartments.map(({ number }) => [String(number), { position: 'unknown', at }]),
      ),
      line: 'down',
      fault: 'commissioning',
    };
    parts.output(id).state(state);
  }

  const units = devices.map((device): Unit => ({
    id: device.id,
    execute: (command) => {
      const unit = paused ? undefined : unitOf(device.id);
      if (unit === undefined) return Promise.resolve({ outcome: 'failed', reason: 'line-down' });
      const work = unit.execute(command);
      running.add(work);
      const ended = (): void => {
        running.delete(work);
      };
      work.then(ended, ended);
      return work;
    },
    publishState: () => {
      if (paused) sayPaused(device);
      else unitOf(device.id)?.publishState();
    },
  }));

  return {
    units,
    start: () => {
      current.start();
    },
    report: () => (paused ? lastReport : current.report()),
    pause: async () => {
      if (paused || stopped) return;
      paused = true;
      for (const device of devices) parts.away(device.id, true);
      // A door somebody is waiting at is not let down: its command ends first, and no new one begins.
      await Promise.allSettled(running);
      lastReport = current.report();
      await current.stop();
      for (const device of devices) sayPaused(device);
    },
    resume: () => {
      if (!paused || stopped) return;
      current = parts.build();
      paused = false;
      current.start();
      for (const device of devices) {
        parts.away(device.id, false);
        unitOf(device.id)?.publishState();
      }
    },
    stop: async () => {
      stopped = true;
      if (!paused) await current.stop();
    },
  };
}
