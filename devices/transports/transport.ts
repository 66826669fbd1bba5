import type { LineFault, LineHealth } from '../../contract/messages.ts';
import type { Millis } from '../../contract/ports.ts';
import { lineFault } from './line-fault.rules.ts';

/** Bytes to and from one line; nothing here knows what they mean. */

export type TransportState =
  | { readonly name: 'opening' }
  | { readonly name: 'open' }
  /** Not usable now; tried again after `retryInMs`. */
  | { readonly name: 'down'; readonly reason: string; readonly retryInMs: Millis }
  | { readonly name: 'stopped' };

/** `not-written`: not one byte left. `interrupted`: some or all may have. */
export type WriteResult = 'written' | 'not-written' | 'interrupted';

export interface TransportListener {
  onBytes(chunk: Uint8Array): void;
  onState(state: TransportState): void;
}

export interface Transport {
  /** Opens the line and keeps reopening it until stopped. */
  start(listener: TransportListener): void;
  /** Writes in the order of calls; resolves when the bytes have left this machine's buffers, or never will. */
  write(bytes: Uint8Array): Promise<WriteResult>;
  /** Takes back what has not left yet, so that it cannot leave late [DV8]. */
  discard(): void;
  state(): TransportState;
  stop(): Promise<void>;
}

/** Why the line is down, for a device's state; nothing while it is up. */
export function faultOf(state: TransportState): { fault?: LineFault } {
  return state.name === 'down' ? { fault: lineFault(state.reason) } : {};
}

/** What a device says of a line that it has for itself and that nothing has to answer on. */
export function lineOf(state: TransportState): { line: LineHealth; fault?: LineFault } {
  return { line: state.name === 'open' ? 'ok' : 'down', ...faultOf(state) };
}
