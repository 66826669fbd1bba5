import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  decodeQr,
  deriveKey,
  encodeGrant,
  encodeQr,
  movingSecret,
  movingTag,
  stepOf,
  typedDigits,
} from '../../../../contract/access-code.ts';

const hex = z.string().regex(/^([0-9a-f]{2})+$/);
const purpose = z.enum(['locker', 'check-in', 'booking']);
/** Made with openssl and oathtool, not with this program: see `how` in the file. */
const vectors = z
  .object({
    derived: z
      .array(z.object({ hallKey: hex, use: z.enum(['qr-moving', 'typed-code', 'id-number']), key: hex }))
      .length(6),
    signingKeys: z.array(z.object({ keyId: z.number(), spki: z.string() })).length(2),
    qr: z
      .array(
        z.object({
          name: z.string(),
          grant: z.object({
            keyId: z.number(),
            hall: z.number(),
            purpose,
            grantId: z.string(),
            memberRef: z.string(),
            target: z.number(),
            notBefore: z.number(),
            minutes: z.number(),
            printed: z.boolean(),
          }),
          hallKey: hex.optional(),
          signed: hex,
          signature: hex,
          time: z.number().optional(),
          step: z.number().optional(),
          secret: hex.optional(),
          tag: hex.optional(),
          text: z.string(),
        }),
      )
      .length(4),
    typed: z
      .array(
        z.object({
          hallKey: hex,
          lease: z.string(),
          compartment: z.number(),
          generation: z.number(),
          digits: z.string(),
        }),
      )
      .min(9),
    malformed: z.array(z.object({ name: z.string(), text: z.string(), fault: z.string() })).min(10),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../vectors/access-codes.json', import.meta.url), 'utf8')));

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const toHex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

describe('worked vectors of access codes', () => {
  it.each(vectors.derived)('[AC2] derives $use from K_hall', ({ hallKey, use, key }) => {
    expect(toHex(deriveKey(bytes(hallKey), use))).toBe(key);
  });

  it.each(vectors.qr)('[AC2] $name: bytes, signature, moving part and text', (vector) => {
    const signed = encodeGrant(vector.grant);
    expect(toHex(signed)).toBe(vector.signed);
    const key = vectors.signingKeys.find((each) => each.keyId === vector.grant.keyId);
    const spki = createPublicKey({
      key: Buffer.from(key?.spki ?? '', 'base64'),
      format: 'der',
      type: 'spki',
    });
    expect(verify(null, signed, spki, bytes(vector.signature))).toBe(true);

    const { time, hallKey } = vector;
    const moving =
      time === undefined || hallKey === undefined
        ? undefined
        : {
            time,
            tag: movingTag(
              movingSecret(deriveKey(bytes(hallKey), 'qr-moving'), vector.grant.grantId),
              stepOf(time),
            ),
          };
    expect(moving === undefined ? undefined : toHex(moving.tag)).toBe(vector.tag);
    expect(encodeQr(signed, bytes(vector.signature), moving)).toBe(vector.text);

    const scanned = decodeQr(vector.text);
    if (typeof scanned === 'string') throw new Error(scanned);
    expect(scanned.grant).toEqual(vector.grant);
    expect(scanned.moving?.time).toBe(time);
  });

  it.each(vectors.typed)(
    '[AC10] typed code $digits of compartment $compartment, generation $generation',
    (vector) => {
      expect(
        typedDigits(
          deriveKey(bytes(vector.hallKey), 'typed-code'),
          vector.lease,
          vector.compartment,
          vector.generation,
        ),
      ).toBe(vector.digits);
    },
  );

  it.each(vectors.malformed)('[AC2] refuses $name', ({ text, fault }) => {
    expect(decodeQr(text)).toBe(fault);
  });
});
