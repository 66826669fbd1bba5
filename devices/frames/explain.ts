import { createDecoder } from './decoder.ts';
import type { DecodedFrame, FrameTable } from './frame-table.ts';
import { whyNotAFrame } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export type Explained =
  | { readonly protocol: string; readonly frame: DecodedFrame; readonly use: 'both' | 'decode-only' }
  | { readonly protocol: string; readonly refusal: Refusal };

/** Bytes as people copy them from a log: `02 0A ff`, `020AFF`, `0x02,0x0a`; undefined for anything else. Pure. */
export function bytesOf(text: string): Uint8Array | undefined {
  const bare = text.replaceAll(/0x|[\s,:-]/gi, '');
  if (bare === '' || bare.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(bare)) return undefined;
  return Uint8Array.from(bare.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Bytes as a person reads them: `02 0A FF`. */
export function hexOf(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}

/**
 * What these bytes say in each protocol, or why they say nothing in it; what is understood first, then whatever
 * held longest [DV49]. Pure.
 */
export function explain(tables: readonly FrameTable[], bytes: Uint8Array): Explained[] {
  const explained = tables.map((table): Explained => {
    const refusal = whyNotAFrame(table, bytes);
    if (refusal !== undefined) return { protocol: table.name, refusal };
    const decoder = createDecoder([table]);
    const [frame] = [...decoder.push(bytes), ...decoder.flush()];
    // A table that knows the frame reads it; anything else is a defect of the table.
    if (frame === undefined) return { protocol: table.name, refusal: { reason: 'value', at: 0 } };
    const use = table.shapes.find((shape) => shape.name === frame.shape)?.use ?? 'both';
    return { protocol: table.name, frame, use };
  });
  return explained.sort((a, b) => heldBy(b) - heldBy(a));
}

const heldBy = (each: Explained): number => ('frame' in each ? Number.POSITIVE_INFINITY : each.refusal.at);
