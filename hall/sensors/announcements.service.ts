import type { CancelTimer, Millis } from '../../contract/ports.ts';
import { announcedAvailabilityTopic } from '../../contract/topics.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { createSettings } from '../store/settings.ts';
import { announcements, configOf, topicOf } from './announcements.rules.ts';
import type { Telling } from './announcements.rules.ts';
import { DISCOVERY_PREFIX } from './discovery.rules.ts';

/** States are compared with what was told this often; a door that moves is told at the next turn. */
const TURN_MS: Millis = 1_000;
/** What was announced in an earlier life, so that it can be taken back. */
const SETTING = 'announced';

/**
 * Announces this hall's doors, places, kiosks and devices under `homeassistant/`, retained, and takes back what is no
 * longer there. Home Assistant's "online" brings everything again [SE21][SE22].
 */
export function createAnnouncementsService(
  context: Pick<HallContext, 'config' | 'clock' | 'store' | 'devices'>,
  telling: () => Telling,
) {
  const { clock, config, devices, store } = context;
  const settings = createSettings(store.db);
  const hall = {
    number: config.hall,
    name: config.name,
    availabilityTopic: announcedAvailabilityTopic(config.hall),
  };
  /** Topic without its last part -> what was told. */
  const told = new Map<string, { config: string; state: string }>();
  const before = new Set(earlier(settings.get(SETTING)));
  let noted = '';
  let connected = false;
  let cancel: CancelTimer | undefined;

  function tell(): void {
    const wanted = new Map(announcements(telling()).map((each) => [topicOf(config.hall, each), each]));
    for (const [topic, each] of wanted) {
      const next = { config: JSON.stringify(configOf(hall, each)), state: String(each.state) };
      const last = told.get(topic);
      if (last?.config !== next.config) devices.announce(`${topic}/config`, next.config);
      if (last?.state !== next.state) devices.announce(`${topic}/state`, next.state);
      told.set(topic, next);
    }
    for (const topic of [...before, ...told.keys()]) {
      before.delete(topic);
      if (wanted.has(topic)) continue;
      told.delete(topic);
      // An empty retained message takes an announcement back.
      devices.announce(`${topic}/config`, '');
      devices.announce(`${topic}/state`, '');
    }
    note([...wanted.keys()]);
  }

  /** Remembered before the broker can know it, and forgotten only after the broker could hear that it went. */
  function note(topics: readonly string[]): void {
    const kept = connected ? topics : [...new Set([...earlier(settings.get(SETTING)), ...topics])];
    const text = JSON.stringify(kept);
    if (text === noted) return;
    noted = text;
    store.transaction(() => {
      settings.set(SETTING, text);
      return undefined;
    });
  }

  function turn(): void {
    tell();
    cancel = clock.after(TURN_MS, turn);
  }

  const listener: DeviceListener = {
    onForeign: (topic, payload) => {
      if (topic !== `${DISCOVERY_PREFIX}/status` || new TextDecoder().decode(payload) !== 'online') return;
      told.clear();
      if (cancel !== undefined) tell();
    },
    onConnected: () => {
      connected = true;
    },
  };

  return {
    listener,
    start: (): void => {
      if (cancel === undefined) turn();
    },
    stop: (): void => {
      cancel?.();
      cancel = undefined;
    },
  };
}

function earlier(text: string | undefined): string[] {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
