import * as peer from 'base45';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../../contract/base45.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('base45', () => {
  it('[CT1] gives the examples of RFC 9285', () => {
    expect(encodeBase45(bytes('AB'))).toBe('BB8');
    expect(encodeBase45(bytes('Hello!!'))).toBe('%69 VD92EX0');
    expect(encodeBase45(bytes('base-45'))).toBe('UJCLQE7W581');
    expect(decodeBase45('QED8WEX0')).toEqual(bytes('ietf!'));
  });

  it('[CT1] agrees with an independent encoder and decodes what it encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (value) => {
        const text = encodeBase45(value);
        expect(text).toBe(peer.encode(Buffer.from(value)));
        expect(decodeBase45(text)).toEqual(value);
      }),
    );
  });

  it('[CT2] refuses wrong characters, lengths and ranges', () => {
    expect(decodeBase45('FGW')).toEqual(Uint8Array.of(0xff, 0xff));
    for (const wrong of ['GGW', ':::', 'a00', 'A', 'AAAA', '::', 'AB_'])
      expect(decodeBase45(wrong), wrong).toBeUndefined();
  });
});
