import type { Clock, Millis } from '../../contract/ports.ts';

/** Identical bytes at one kiosk within this time return the first answer and do nothing [AC8]. */
export const SAME_BYTES_MS: Millis = 10_000;

/**
 * Remembers the answers to codes that were used, for ten seconds: a camera reads the same QR many
 * times. Refusals are not kept, because a person may try again. Lost at a restart, which is safe:
 * the same bytes are then a replay.
 */
export class FirstAnswers {
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly at: Millis; readonly answer: unknown }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The first answer of the same `kind`; `kind` fixes the type of the answer. */
  get<T>(kind: string, kiosk: string, text: string): T | undefined {
    const found = this.#kept.get(key(kind, kiosk, text));
    if (found === undefined || this.#clock.monotonic() - found.at > SAME_BYTES_MS) return undefined;
    return found.answer as T;
  }

  keep<T>(kind: string, kiosk: string, text: string, answer: T): T {
    const now = this.#clock.monotonic();
    for (const [name, kept] of this.#kept) {
      // Insertion order is time order: the first young one ends the sweep.
      if (now - kept.at <= SAME_BYTES_MS) break;
      this.#kept.delete(name);
    }
    this.#kept.delete(key(kind, kiosk, text));
    this.#kept.set(key(kind, kiosk, text), { at: now, answer });
    return answer;
  }

  /** After an undo the answer is no longer true. */
  forget(matches: (answer: unknown) => boolean): void {
    for (const [name, kept] of this.#kept) if (matches(kept.answer)) this.#kept.delete(name);
  }
}

function key(kind: string, kiosk: string, text: string): string {
  return `${kind}|${kiosk}|${text}`;
}
