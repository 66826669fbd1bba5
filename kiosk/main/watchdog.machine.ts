import type { Millis } from '../../contract/ports.ts';

/** The watchdog over the page: a table of (state, event) -> next state + effect [KS3, KS4]. */

export const HEARTBEAT_MS: Millis = 2000;
/** Silence after which a page counts as hung. Well inside the promised 10 s. */
export const HUNG_AFTER_MS: Millis = 7000;
/** A page that is loading gets this long before its first heartbeat. */
export const LOADING_LIMIT_MS: Millis = 9000;
/** Failures in a row after which replacing slows down. */
export const QUICK_TRIES = 3;
export const SLOW_RETRY_MS: Millis = 10_000;

export type WatchdogState =
  | { readonly name: 'waiting-for-hall' }
  | { readonly name: 'loading'; readonly since: Millis; readonly failures: number }
  | { readonly name: 'alive'; readonly lastHeard: Millis }
  | { readonly name: 'resting'; readonly until: Millis; readonly failures: number };

export type WatchdogEvent =
  | { readonly name: 'hall-answers' }
  | { readonly name: 'hall-silent' }
  | { readonly name: 'heartbeat' }
  | { readonly name: 'page-gone' }
  | { readonly name: 'load-failed' }
  | { readonly name: 'tick' };

export type WatchdogEffect = 'none' | 'show-waiting' | 'load-page' | 'replace-page';

export interface WatchdogStep {
  readonly state: WatchdogState;
  readonly effect: WatchdogEffect;
}

export const firstState: WatchdogState = { name: 'waiting-for-hall' };

/** @param now monotonic milliseconds */
export function step(state: WatchdogState, event: WatchdogEvent, now: Millis): WatchdogStep {
  switch (event.name) {
    case 'hall-answers':
      return state.name === 'waiting-for-hall'
        ? { state: loading(now, 0), effect: 'load-page' }
        : same(state);
    case 'hall-silent':
      // A living page shows the silence itself; only a page that never came up is replaced by the waiting page.
      return state.name === 'alive'
        ? same(state)
        : { state: firstState, effect: state.name === 'waiting-for-hall' ? 'none' : 'show-waiting' };
    case 'heartbeat':
      return state.name === 'waiting-for-hall'
        ? same(state)
        : { state: { name: 'alive', lastHeard: now }, effect: 'none' };
    case 'page-gone':
    case 'load-failed':
      return state.name === 'waiting-for-hall' || state.name === 'resting' ? same(state) : again(state, now);
    case 'tick':
      return onTick(state, now);
  }
}

function onTick(state: WatchdogState, now: Millis): WatchdogStep {
  switch (state.name) {
    case 'waiting-for-hall':
      return same(state);
    case 'loading':
      return now - state.since >= LOADING_LIMIT_MS ? again(state, now) : same(state);
    case 'alive':
      return now - state.lastHeard >= HUNG_AFTER_MS ? again(state, now) : same(state);
    case 'resting':
      return now >= state.until
        ? { state: loading(now, state.failures), effect: 'replace-page' }
        : same(state);
  }
}

function again(state: WatchdogState, now: Millis): WatchdogStep {
  const failures = (state.name === 'loading' ? state.failures : 0) + 1;
  if (failures > QUICK_TRIES)
    return { state: { name: 'resting', until: now + SLOW_RETRY_MS, failures }, effect: 'none' };
  return { state: loading(now, failures), effect: 'replace-page' };
}

function loading(since: Millis, failures: number): WatchdogState {
  return { name: 'loading', since, failures };
}

function same(state: WatchdogState): WatchdogStep {
  return { state, effect: 'none' };
}
