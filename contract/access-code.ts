import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeBase45, encodeBase45 } from './base45.ts';

/**
 * Access codes: the byte layout of the QR grant, its moving part and the typed code.
 * Pure bytes and MACs, the same code in the phone page, central and the hall.
 * Signing and the order of checks live with those who decide.
 */

export const QR_PREFIX = 'UH1:';
export const GRANT_BYTES = 30;
export const SIGNATURE_BYTES = 64;
export const MOVING_BYTES = 8;
export const PRINTED_LENGTH = GRANT_BYTES + SIGNATURE_BYTES;
export const APP_LENGTH = PRINTED_LENGTH + MOVING_BYTES;
/** Seconds in one step of the moving part. */
export const STEP_SECONDS = 30;
/** Bit 0 of the flags: a printed grant without moving part. */
export const FLAG_PRINTED = 1;

export const purposes = { locker: 1, 'check-in': 2, booking: 3 } as const;
export type Purpose = keyof typeof purposes;

export interface Grant {
  readonly keyId: number;
  readonly hall: number;
  readonly purpose: Purpose;
  /** 16 hex digits. */
  readonly grantId: string;
  /** 12 hex digits. */
  readonly memberRef: string;
  /** Compartment, session or resource number. */
  readonly target: number;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly minutes: number;
  readonly printed: boolean;
}

export interface MovingPart {
  /** Unix seconds of the phone when it drew the QR. */
  readonly time: number;
  /** 4 bytes. */
  readonly tag: Uint8Array;
}

export interface ScannedGrant {
  readonly grant: Grant;
  /** The 30 bytes that were signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly moving: MovingPart | undefined;
}

/** Why bytes are not a grant; for logs and tests, people get one sentence. */
export type GrantFormatFault = 'prefix' | 'base45' | 'length' | 'version' | 'purpose' | 'flags' | 'range';

/** The 30 bytes of a grant, big endian. Throws RangeError when a field does not fit (a defect of the caller). */
export function encodeGrant(grant: Grant): Uint8Array {
  const bytes = new Uint8Array(GRANT_BYTES);
  const view = new DataView(bytes.buffer);
  const fits = (value: number, max: number, name: string): number => {
    if (!Number.isInteger(value) || value < 0 || value > max)
      throw new RangeError(`${name} ${String(value)} does not fit`);
    return value;
  };
  view.setUint8(0, 1);
  view.setUint8(1, fits(grant.keyId, 0xff, 'key id'));
  view.setUint32(2, fits(grant.hall, 0xffff_ffff, 'hall'));
  view.setUint8(6, purposes[grant.purpose]);
  bytes.set(fixedHex(grant.grantId, 8, 'grant id'), 7);
  bytes.set(fixedHex(grant.memberRef, 6, 'member reference'), 15);
  view.setUint16(21, fits(grant.target, 0xffff, 'target'));
  view.setUint32(23, fits(grant.notBefore, 0xffff_ffff, 'not before'));
  view.setUint16(27, fits(grant.minutes, 0xffff, 'minutes'));
  view.setUint8(29, grant.printed ? FLAG_PRINTED : 0);
  return bytes;
}

function fixedHex(text: string, length: number, name: string): Uint8Array {
  const bytes = hexToBytes(text);
  if (bytes.length !== length) throw new RangeError(`${name} must have ${String(length)} bytes`);
  return bytes;
}

/** Signed grant (30 + 64 bytes), plus the moving part for an app grant -> QR text. */
export function encodeQr(grant: Uint8Array, signature: Uint8Array, moving?: MovingPart): string {
  const parts = [grant, signature];
  if (moving !== undefined) {
    const time = new Uint8Array(4);
    new DataView(time.buffer).setUint32(0, moving.time);
    parts.push(time, moving.tag);
  }
  return QR_PREFIX + encodeBase45(concatBytes(...parts));
}

/**
 * QR text -> grant, signature and moving part. Only the format is judged: the
 * signature, hall, time and state are checked by the hall in the order of LK rules.
 */
export function decodeQr(text: string): ScannedGrant | GrantFormatFault {
  if (!text.startsWith(QR_PREFIX)) return 'prefix';
  const bytes = decodeBase45(text.slice(QR_PREFIX.length));
  if (bytes === undefined) return 'base45';
  if (bytes.length !== PRINTED_LENGTH && bytes.length !== APP_LENGTH) return 'length';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== 1) return 'version';
  const purpose = purposeOf(view.getUint8(6));
  if (purpose === undefined) return 'purpose';
  const flags = view.getUint8(29);
  if ((flags & ~FLAG_PRINTED) !== 0) return 'flags';
  const printed = flags === FLAG_PRINTED;
  // An app grant must not pass with its moving part cut off, nor a printed one with bytes added.
  if (bytes.length !== (printed ? PRINTED_LENGTH : APP_LENGTH)) return 'flags';
  const hall = view.getUint32(2);
  const target = view.getUint16(21);
  if (hall === 0 || target === 0) return 'range';
  return {
    grant: {
      keyId: view.getUint8(1),
      hall,
      purpose,
      grantId: bytesToHex(bytes.slice(7, 15)),
      memberRef: bytesToHex(bytes.slice(15, 21)),
      target,
      notBefore: view.getUint32(23),
      minutes: view.getUint16(27),
      printed,
    },
    signed: bytes.slice(0, GRANT_BYTES),
    signature: bytes.slice(GRANT_BYTES, PRINTED_LENGTH),
    moving: printed
      ? undefined
      : { time: view.getUint32(PRINTED_LENGTH), tag: bytes.slice(PRINTED_LENGTH + 4) },
  };
}

function purposeOf(byte: number): Purpose | undefined {
  switch (byte) {
    case purposes.locker:
      return 'locker';
    case purposes['check-in']:
      return 'check-in';
    case purposes.booking:
      return 'booking';
    default:
      return undefined;
  }
}

/** Keys derived from K_hall (32 bytes): HKDF-SHA-256, empty salt. */
export type DerivedKey = 'qr-moving' | 'typed-code' | 'id-number';
export function deriveKey(hallKey: Uint8Array, use: DerivedKey): Uint8Array {
  return hkdf(sha256, hallKey, new Uint8Array(0), utf8ToBytes(use), 32);
}

/** The secret of one grant's moving part, given to the phone with the grant: HMAC(K_qr, grant id). */
export function movingSecret(qrKey: Uint8Array, grantId: string): Uint8Array {
  return hmac(sha256, qrKey, fixedHex(grantId, 8, 'grant id'));
}

/** floor(unix seconds / 30). */
export function stepOf(unixSeconds: number): number {
  return Math.floor(unixSeconds / STEP_SECONDS);
}

/** First 4 bytes of HMAC(secret, u64 step). */
export function movingTag(secret: Uint8Array, step: number): Uint8Array {
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(step));
  return hmac(sha256, secret, message).slice(0, 4);
}

/** The 8 digits for a lease: compartment-bound, valid for the whole lease, one per generation. */
export function typedDigits(
  typedKey: Uint8Array,
  leaseId: string,
  compartment: number,
  generation: number,
): string {
  const id = fixedHex(leaseId.replaceAll('-', ''), 16, 'lease id');
  const message = new Uint8Array(21);
  message.set(utf8ToBytes('lk'), 0);
  message.set(id, 2);
  const view = new DataView(message.buffer);
  view.setUint16(18, compartment);
  view.setUint8(20, generation);
  const mac = hmac(sha256, typedKey, message);
  const offset = (mac[31] ?? 0) & 15;
  const number = new DataView(mac.buffer, mac.byteOffset).getUint32(offset) & 0x7fff_ffff;
  return String(number % 100_000_000).padStart(8, '0');
}
