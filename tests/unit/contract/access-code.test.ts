import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeQr,
  deriveKey,
  encodeGrant,
  encodeQr,
  movingSecret,
  movingTag,
  stepOf,
  typedDigits,
} from '../../../contract/access-code.ts';
import type { Grant } from '../../../contract/access-code.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const grant = fc.record({
  keyId: fc.integer({ min: 0, max: 255 }),
  hall: fc.integer({ min: 1, max: 0xffff_ffff }),
  purpose: fc.constantFrom('locker' as const, 'check-in' as const, 'booking' as const),
  grantId: fc.uint8Array({ minLength: 8, maxLength: 8 }).map(hex),
  memberRef: fc.uint8Array({ minLength: 6, maxLength: 6 }).map(hex),
  target: fc.integer({ min: 1, max: 0xffff }),
  notBefore: fc.integer({ min: 0, max: 0xffff_ffff }),
  minutes: fc.integer({ min: 0, max: 0xffff }),
  printed: fc.boolean(),
});
const signature = new Uint8Array(64).fill(7);

/** HMAC-SHA-256 by openssl: an independent peer for every MAC. */
function openssl(key: Uint8Array, message: Uint8Array): Buffer {
  return execFileSync(
    'openssl',
    ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${hex(key)}`, '-binary'],
    { input: message },
  );
}

describe('QR grant', () => {
  const text = (value: Grant): string =>
    encodeQr(
      encodeGrant(value),
      signature,
      value.printed ? undefined : { time: 1_764_000_000, tag: Uint8Array.of(1, 2, 3, 4) },
    );

  it('[CT3] reads back what was written and stays within the alphanumeric capacity of version 7-M', () => {
    fc.assert(
      fc.property(grant, (value) => {
        const qr = text(value);
        expect(qr).toMatch(/^UH1:[0-9A-Z $%*+\-./:]+$/);
        expect(qr.length).toBeLessThanOrEqual(value.printed ? 154 : 178);
        const read = decodeQr(qr);
        if (typeof read === 'string') throw new Error(read);
        expect(read.grant).toEqual(value);
        expect(read.moving === undefined).toBe(value.printed);
      }),
    );
  });

  it('[CT3] lays the fields out in the published order', () => {
    const bytes = encodeGrant({
      keyId: 0x81,
      hall: 0x01020304,
      purpose: 'booking',
      grantId: '1112131415161718',
      memberRef: '212223242526',
      target: 0x3132,
      notBefore: 0x41424344,
      minutes: 0x5152,
      printed: true,
    });
    expect(hex(bytes)).toBe(
      '01' +
        '81' +
        '01020304' +
        '03' +
        '1112131415161718' +
        '212223242526' +
        '3132' +
        '41424344' +
        '5152' +
        '01',
    );
  });

  it('[CT4] refuses an app grant without its moving part, a printed one with bytes added, and unknown versions, purposes and flags', () => {
    const base: Grant = {
      keyId: 1,
      hall: 1,
      purpose: 'locker',
      grantId: '00'.repeat(8),
      memberRef: '00'.repeat(6),
      target: 12,
      notBefore: 0,
      minutes: 60,
      printed: false,
    };
    const moving = { time: 30, tag: Uint8Array.of(1, 2, 3, 4) };
    const patched = (offset: number, value: number): Uint8Array => {
      const bytes = encodeGrant(base);
      bytes[offset] = value;
      return bytes;
    };
    expect(decodeQr(encodeQr(encodeGrant(base), signature))).toBe('flags');
    expect(decodeQr(encodeQr(encodeGrant({ ...base, printed: true }), signature, moving))).toBe('flags');
    expect(decodeQr(encodeQr(patched(0, 2), signature, moving))).toBe('version');
    expect(decodeQr(encodeQr(patched(6, 9), signature, moving))).toBe('purpose');
    for (const flags of [2, 3, 128])
      expect(decodeQr(encodeQr(patched(29, flags), signature, moving))).toBe('flags');
    expect(decodeQr(encodeQr(encodeGrant(base), signature.slice(1), moving))).toBe('length');
    expect(decodeQr('UH2:ABC')).toBe('prefix');
    expect(decodeQr('UH1:abc')).toBe('base45');
  });
});

describe('codes, checked by openssl', () => {
  const hallKey = Uint8Array.from({ length: 32 }, (_, index) => index);

  it('[CT5] the moving tag', () => {
    const key = deriveKey(hallKey, 'qr-moving');
    const secret = movingSecret(key, '1112131415161718');
    expect(hex(secret)).toBe(openssl(key, Buffer.from('1112131415161718', 'hex')).toString('hex'));
    expect(stepOf(1_764_000_029)).toBe(58_800_000);
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(58_800_000n);
    expect(hex(movingTag(secret, 58_800_000))).toBe(openssl(secret, step).subarray(0, 4).toString('hex'));
  });

  it('[CT5] HKDF with empty salt and the use as info', () => {
    for (const use of ['qr-moving', 'typed-code', 'id-number'] as const) {
      const peer = execFileSync('openssl', [
        'kdf',
        '-keylen',
        '32',
        '-kdfopt',
        'digest:SHA256',
        '-kdfopt',
        `hexkey:${hex(hallKey)}`,
        '-kdfopt',
        `info:${use}`,
        '-binary',
        'HKDF',
      ]);
      expect(hex(deriveKey(hallKey, use))).toBe(peer.toString('hex'));
    }
  });

  it('[CT6] the typed digits', () => {
    const key = deriveKey(hallKey, 'typed-code');
    for (const [lease, compartment, generation] of [
      ['018f5d2e-7b7a-7c3e-8a55-0123456789ab', 12, 0],
      ['018f5d2e-7b7a-7c3e-8a55-0123456789ab', 12, 1],
      ['ffffffff-ffff-7fff-bfff-ffffffffffff', 65535, 255],
    ] as const) {
      const message = Buffer.concat([
        Buffer.from('lk'),
        Buffer.from(lease.replaceAll('-', ''), 'hex'),
        Buffer.from([compartment >> 8, compartment & 255, generation]),
      ]);
      const mac = openssl(key, message);
      const number = mac.readUInt32BE((mac[31] ?? 0) & 15) & 0x7fff_ffff;
      expect(typedDigits(key, lease, compartment, generation)).toBe(String(number % 1e8).padStart(8, '0'));
    }
  });
});
