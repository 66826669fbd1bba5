import type { Explained } from '../frames/explain.ts';
import { hexOf } from '../frames/explain.ts';
import type { Refusal } from '../frames/refusal.ts';
import { say } from './words.ts';
import type { Language } from './words.ts';

/** Why bytes are no frame, as a sentence that counts from 1 as people do [DV49]. */
export function refusalWords({ reason, at, due }: Refusal, bytes: Uint8Array, language: Language): string {
  const byte = bytes[at] === undefined ? '' : hexOf([bytes[at]]);
  const values = { place: at + 1, byte, count: bytes.length, due: due === undefined ? '' : hexOf([due]) };
  switch (reason) {
    case 'start':
      return say(language, 'frameStart', values);
    case 'value':
      return say(language, 'frameValue', values);
    case 'checksum':
      return say(language, 'frameChecksum', values);
    case 'length':
      return say(language, at === bytes.length ? 'frameShort' : 'frameLength', values);
  }
}

/** What a frame read off a line says, protocol by protocol; only why not where none knows it. */
export function frameReport(
  explained: readonly Explained[],
  bytes: Uint8Array,
  language: Language,
): string[] {
  const known = explained.flatMap((each) => ('frame' in each ? [each] : []));
  if (known.length === 0)
    return [
      say(language, 'frameUnknown', { bytes: hexOf(bytes) }),
      ...explained.flatMap((each) =>
        'refusal' in each ? [`  ${each.protocol}: ${refusalWords(each.refusal, bytes, language)}`] : [],
      ),
    ];
  return known.map(({ protocol, frame, use }) => {
    const fields = [
      ...Object.entries(frame.numbers).map(([name, value]) => `${name} ${String(value)}`),
      ...Object.entries(frame.bytes).map(([name, value]) => `${name} ${hexOf(value)}`),
    ];
    const never = use === 'decode-only' ? ` ${say(language, 'frameNever')}` : '';
    return `${protocol}: ${frame.shape}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}${never}`;
  });
}
