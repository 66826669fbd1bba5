import { answer, cardData, readQuestion, textOf } from './sam-v.codec.ts';
import type { Person } from './sam-v.codec.ts';

/** What is wrong with a simulated reader. */
export type ReaderTrouble = 'none' | 'mute' | 'garbled' | 'not-authorised' | 'read-failed' | 'deaf-sum';

export interface IdReader {
  lay(person: Person): void;
  lift(): void;
  trouble(which: ReaderTrouble): void;
  /** Bytes of the host; returned: what the reader says. */
  take(chunk: Uint8Array): Uint8Array[];
  asked(): Readonly<Record<string, number>>;
}

const PHOTO = 'PHOTO-OF-THE-CARD ';
const NOISE = Uint8Array.from([0xaa, 0xaa, 0xaa, 0x96, 0x00, 0x5f, 0xff, 0x13, 0x37]);

/**
 * A reader and the card on it. Like the real ones it finds a card that was read no more until it is lifted, unless
 * `findsAgain`.
 */
export function createIdReader(findsAgain = false): IdReader {
  let held = Buffer.alloc(0);
  let card: Person | undefined;
  let state: 'laid' | 'found' | 'selected' | 'read' = 'laid';
  let trouble: ReaderTrouble = 'none';
  const asked: Record<string, number> = {};

  function reply(bytes: Uint8Array): Uint8Array | undefined {
    const question = readQuestion(bytes);
    const name = 'asked' in question ? question.asked : question.refused;
    asked[name] = (asked[name] ?? 0) + 1;
    if (trouble === 'mute') return undefined;
    if (trouble === 'garbled') return NOISE;
    if ('refused' in question || trouble === 'deaf-sum') return answer(0x10);
    if (trouble === 'not-authorised') return answer(0x66);
    switch (question.asked) {
      case 'find':
        if (card === undefined || (state === 'read' && !findsAgain)) return answer(0x80);
        state = 'found';
        return answer(0x9f, new Uint8Array(4));
      case 'select':
        if (card === undefined || state !== 'found') return answer(0x81);
        state = 'selected';
        return answer(0x90, new Uint8Array(8));
      case 'read':
        if (card === undefined || state !== 'selected' || trouble === 'read-failed') return answer(0x41);
        state = 'read';
        return answer(0x90, cardData(textOf(card), Buffer.alloc(1_024, PHOTO)));
      case 'read-fingerprint':
      case 'other':
        return answer(0x21);
    }
  }

  return {
    lay: (person) => {
      card = person;
      state = 'laid';
    },
    lift: () => {
      card = undefined;
    },
    trouble: (which) => {
      trouble = which;
    },
    asked: () => ({ ...asked }),
    take: (chunk) => {
      held = Buffer.concat([held, chunk]);
      const said: Uint8Array[] = [];
      // Every question has ten bytes.
      while (held.length >= 10) {
        const start = held.indexOf(0xaa);
        if (start !== 0) {
          held = start < 0 ? Buffer.alloc(0) : held.subarray(start);
          continue;
        }
        const given = reply(held.subarray(0, 10));
        held = held.subarray(10);
        if (given !== undefined) said.push(given);
      }
      return said;
    },
  };
}
