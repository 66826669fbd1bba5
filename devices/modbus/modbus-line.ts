import type { Unreadable } from '../../contract/messages.ts';
import type { CancelTimer, Clock, Millis, UnixMillis } from '../../contract/ports.ts';
import type { RegisterReading } from '../definitions/definition.ts';
import type { LineResult } from '../drivers/lock-line.ts';
import { createAnswerTimes } from '../drivers/answer-times.ts';
import type { PlannedModbus } from '../gateway.config.ts';
import type { Transport, TransportState } from '../transports/transport.ts';
import { createModbusClient } from './modbus-client.ts';
import { registersOf, valueOf } from './register.rules.ts';

/** What one device of the line is known to be. */
export interface ModbusPicture {
  readonly health: 'ok' | 'silent' | 'garbled';
  /** Of a garbled device: what it said last, and why that is no answer. */
  readonly unreadable?: Unreadable | undefined;
  /** Relays by channel, as last read back; empty while they are not known. */
  readonly channels: ReadonlyMap<number, boolean>;
  /** Believable values by quantity. */
  readonly values: ReadonlyMap<string, number>;
}

export interface ModbusStats {
  readonly state: TransportState['name'];
  readonly frames: number;
  readonly badBytes: number;
  readonly queries: number;
  readonly unanswered: number;
  /** Answers that say no: a wrong register, a busy device. */
  readonly exceptions: number;
  /** Values outside the range of their profile: not published. */
  readonly unbelievable: number;
  readonly answerMs: { readonly p50: Millis; readonly p99: Millis } | undefined;
}

export interface ModbusLine {
  start(): void;
  /** Switches one relay and reads it back; `done` only when it is seen as wanted [DV53]. */
  switch(device: string, channel: number, on: boolean, expiresAt: UnixMillis): Promise<LineResult>;
  picture(device: string): ModbusPicture;
  stats(): ModbusStats;
  stop(): Promise<void>;
}

interface Run {
  readonly plan: PlannedModbus;
  nextPollAt: Millis;
  misses: number;
  health: ModbusPicture['health'];
  unreadable: Unreadable | undefined;
  channels: Map<number, boolean>;
  values: Map<string, number>;
}

/**
 * One voice at a time on one line: a command goes before every poll, devices are asked in turn of who is due longest,
 * and a silent one costs the others one timeout a round [DV50].
 * @param changed called when a device's picture or the line changed
 */
export function createModbusLine(parts: {
  readonly transport: Transport;
  readonly framing: 'rtu' | 'tcp';
  readonly devices: readonly PlannedModbus[];
  readonly clock: Clock;
  changed(device: string): void;
  onLine(state: TransportState): void;
}): ModbusLine {
  const { transport, clock } = parts;
  const client = createModbusClient(transport, parts.framing);
  const runs: Run[] = parts.devices.map((plan) => ({
    plan,
    nextPollAt: 0,
    misses: 0,
    health: 'ok',
    unreadable: undefined,
    channels: new Map(),
    values: new Map(),
  }));
  const commands: (() => Promise<void>)[] = [];
  const times = createAnswerTimes();
  const counts = { frames: 0, queries: 0, unanswered: 0, exceptions: 0, unbelievable: 0 };
  let stopped = false;
  let loop: Promise<void> = Promise.resolve();
  let wake: () => void = () => undefined;
  const isUp = (): boolean => transport.state().name === 'open';

  function nap(delay: Millis): Promise<void> {
    return new Promise((resolve) => {
      const cancel: CancelTimer = clock.after(Math.max(0, delay), resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** One question; undefined when nobody answered or the answer says no. */
  async function ask<T>(run: Run, work: () => Promise<T>): Promise<T | undefined> {
    const { timings } = run.plan.definition;
    counts.queries += 1;
    const from = clock.monotonic();
    const before = client.badBytes();
    const answer = await client.ask(run.plan.unit, timings.answerTimeoutMs, work);
    if (answer.ok || answer.exception) {
      counts.frames += 1;
      times.add(clock.monotonic() - from);
      if (!answer.ok) counts.exceptions += 1;
      heard(run);
    } else if (isUp()) {
      counts.unanswered += 1;
      missed(run, client.badBytes() > before);
    }
    await nap(timings.paceMs);
    return answer.ok ? answer.value : undefined;
  }

  function heard(run: Run): void {
    run.misses = 0;
    if (run.health === 'ok') return;
    run.health = 'ok';
    run.unreadable = undefined;
    parts.changed(run.plan.id);
  }

  /** A device that says nothing any more is not known: what it said last is not shown as true. */
  function missed(run: Run, garbled: boolean): void {
    run.misses += 1;
    if (run.misses < run.plan.definition.timings.silentAfter) return;
    const health = garbled ? 'garbled' : 'silent';
    run.unreadable = garbled ? (client.unreadable() ?? run.unreadable) : undefined;
    if (health === run.health) return;
    run.health = health;
    forget(run);
    parts.changed(run.plan.id);
  }

  function forget(run: Run): void {
    run.channels = new Map();
    run.values = new Map();
  }

  async function readRelays(run: Run): Promise<void> {
    const { relay } = run.plan.definition;
    if (relay === undefined) return;
    const bits = await ask(run, () => client.coils(relay.firstCoil, relay.channels));
    if (bits === undefined) return;
    const next = new Map(bits.slice(0, relay.channels).map((on, index) => [index + 1, on]));
    if (!same(run.channels, next)) {
      run.channels = next;
      parts.changed(run.plan.id);
    }
  }

  async function readValues(run: Run): Promise<void> {
    const next = new Map<string, number>();
    for (const reading of run.plan.definition.readings) {
      if (!isUp() || commands.length > 0) return;
      const words = await ask(run, () =>
        client.registers(reading.from, reading.register, registersOf(reading.type)),
      );
      const value = words === undefined ? undefined : believable(reading, words);
      if (value !== undefined) next.set(reading.quantity, value);
      // A device that does not answer its first register is not asked for the rest of this round.
      if (words === undefined && run.misses > 0) return;
    }
    if (same(run.values, next)) return;
    run.values = next;
    parts.changed(run.plan.id);
  }

  function believable(reading: RegisterReading, words: readonly number[]): number | undefined {
    const value = valueOf(reading, words);
    if (value === undefined) counts.unbelievable += 1;
    return value;
  }

  async function poll(run: Run): Promise<void> {
    await readRelays(run);
    if (run.misses === 0) await readValues(run);
    // A silent device is asked half as often, so that it costs its neighbours little.
    run.nextPollAt = clock.monotonic() + run.plan.definition.timings.pollMs * (run.health === 'ok' ? 1 : 2);
  }

  async function switchNow(run: Run, coil: number, channel: number, on: boolean): Promise<LineResult> {
    await ask(run, () => client.writeCoil(coil, on));
    // What the board answered is not believed: the relay is read back.
    await readRelays(run);
    const seen = run.misses > 0 ? undefined : run.channels.get(channel);
    if (seen === on) return { outcome: 'done' };
    if (seen === undefined) return { outcome: 'unknown', reason: isUp() ? 'board-silent' : 'line-down' };
    return { outcome: 'failed', reason: 'relay-did-not-switch' };
  }

  async function step(): Promise<void> {
    if (!isUp()) return nap(1_000);
    const command = commands.shift();
    if (command !== undefined) return command();
    const [due] = [...runs].sort((a, b) => a.nextPollAt - b.nextPollAt);
    const wait = due === undefined ? 1_000 : due.nextPollAt - clock.monotonic();
    if (due === undefined || wait > 0) return nap(wait);
    return poll(due);
  }

  return {
    start: () => {
      transport.start({
        onBytes: (chunk) => {
          client.push(chunk);
        },
        onState: (state) => {
          for (const run of runs) {
            run.nextPollAt = 0;
            if (state.name !== 'open') forget(run);
          }
          parts.onLine(state);
          wake();
        },
      });
      loop = (async () => {
        while (!stopped) await step();
      })();
    },
    switch: (device, channel, on, expiresAt) =>
      new Promise((resolve) => {
        const run = runs.find((each) => each.plan.id === device);
        const relay = run?.plan.definition.relay;
        if (run === undefined || relay === undefined || channel > relay.channels) {
          resolve({ outcome: 'refused', reason: 'bad-arguments' });
          return;
        }
        if (stopped || !isUp()) {
          resolve({ outcome: 'failed', reason: 'line-down' });
          return;
        }
        commands.push(async () => {
          if (clock.now() >= expiresAt) resolve({ outcome: 'refused', reason: 'expired' });
          else resolve(await switchNow(run, relay.firstCoil + channel - 1, channel, on));
        });
        wake();
      }),
    picture: (device) => {
      const run = runs.find((each) => each.plan.id === device);
      return run ?? { health: 'silent', channels: new Map(), values: new Map() };
    },
    stats: () => ({
      state: transport.state().name,
      ...counts,
      badBytes: client.badBytes(),
      answerMs: times.summary(),
    }),
    stop: async () => {
      stopped = true;
      wake();
      await transport.stop();
      await loop;
    },
  };
}

function same<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
