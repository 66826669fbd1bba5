import type { Millis } from '../../contract/ports.ts';
import type { FrameTable } from '../frames/frame-table.ts';

/** What a model of hardware is and how its protocol is used: literals only, no behaviour. */

export interface LockBoardDefinition {
  readonly kind: 'lock-board';
  readonly id: string;
  readonly maker: string;
  readonly model: string;
  readonly baudRate: number;
  readonly frames: FrameTable;
  readonly messages: LockBoardMessages;
  /** Whether one query tells of the whole board or of one lock (the query then carries `lock`). */
  readonly scope: 'board' | 'lock';
  /** How a status says which bit each lock shows. */
  readonly reading: LockReadingForm;
  readonly features: { readonly doorSensor: true; readonly itemSensor: boolean };
  /** Locks of one board, counted from 1 for people; `wireOffset` is added on the wire. */
  readonly capacity: number;
  readonly wireOffset: number;
  readonly addresses: { readonly first: number; readonly last: number };
  /** A guess: normally-open and normally-closed switches differ by site, so the configuration has the last word [DV20]. */
  readonly closedBit: 0 | 1;
  readonly timings: LockBoardTimings;
}

/** Names of frames in the table; every one carries the field `address`. */
export interface LockBoardMessages {
  readonly query: string;
  readonly unlock: string;
  readonly status: string;
  /** What some boards answer to an unlock: counted, never believed, because others say nothing or the request itself [DV31]. */
  readonly unlockAnswer?: string;
  /** Unasked words, and how they are read. */
  readonly pushes?: { readonly frames: readonly string[]; readonly reading: LockReadingForm };
  /** Further numbers an unlock carries, e.g. how long the board holds it. */
  readonly unlockNumbers?: Readonly<Record<string, number>>;
}

/**
 * `zero` and `one` are the bytes that stand for the two bits; any other byte leaves that lock unknown.
 * `one-lock` reads the fields `lock` and `state`.
 */
export type LockReadingForm =
  | { readonly as: 'bits'; readonly field: string; readonly zero: number; readonly one: number }
  | { readonly as: 'bytes'; readonly field: string; readonly zero: number; readonly one: number }
  | { readonly as: 'one-lock'; readonly zero: number; readonly one: number };

export interface LockBoardTimings {
  /** Silence kept on the line after an answer, and after an unlock. */
  readonly paceMs: Millis;
  readonly paceAfterUnlockMs: Millis;
  /** An answer later than this after the last byte went out is lost. */
  readonly queryTimeoutMs: Millis;
  readonly queryRetries: number;
  /** Between two looks at one board when nothing happens; lock by lock, between two looks at one lock. */
  readonly pollMs: Millis;
  /** Between two looks while an unlocked door is awaited. */
  readonly fastPollMs: Millis;
  /** Longest wait for a door to be seen open. */
  readonly openTimeoutMs: Millis;
  /** A door seen opening this long after its unlock still opened by command. */
  readonly lateOpenMs: Millis;
  /** Unanswered queries in a row that make a board silent, and how often a silent one is asked. */
  readonly silentAfter: number;
  readonly silentPollMs: Millis;
  /** Bytes that have not left within this time are taken back. */
  readonly writeTimeoutMs: Millis;
}

export interface LineScannerDefinition {
  readonly kind: 'line-scanner';
  readonly id: string;
  readonly maker: string;
  readonly model: string;
  readonly baudRate: number;
  /** Byte strings some models send before a code; stripped by exact match at the start of a line. */
  readonly acks: readonly (readonly number[])[];
  readonly maxLineBytes: number;
  /** Equal codes closer together than this are one scan. */
  readonly sameCodeMs: Millis;
  /** A line without its end for this long is forgotten. */
  readonly idleMs: Millis;
  /** What ends a code, set in the scanner: CR and LF unless the configuration says otherwise; `none` = a short silence. */
  readonly tail?: ScannerTail | undefined;
  /** How it is told to look for a code once, and how soon it must say that it heard. */
  readonly trigger?: { readonly frames: FrameTable; readonly message: string; readonly ackWithinMs: Millis };
}

export type ScannerTail = 'line' | 'tab' | 'none';

export interface PrinterDefinition {
  readonly kind: 'escpos-printer';
  readonly id: string;
  readonly maker: string;
  readonly model: string;
  readonly baudRate: number;
  /** Latin letters (12 dots) in one line; a Chinese character takes two of them. */
  readonly columns: number;
  /** Dots of one module of a QR code. */
  readonly qrDots: number;
  /** `command`: the printer draws codes itself (GS ( k). `picture`: it is sent the dots, which any printer takes. */
  readonly qrAs: 'command' | 'picture';
  /** `real-time`: answers DLE EOT and GS r. `none`: takes bytes and says nothing. */
  readonly status: 'real-time' | 'none';
  readonly timings: PrinterTimings;
}

export interface PrinterTimings {
  /** A status answer later than this is lost; it is asked for once more. */
  readonly statusTimeoutMs: Millis;
  /** Between two looks when nothing is printed, and while a slip is. */
  readonly pollMs: Millis;
  readonly printPollMs: Millis;
  /** A slip that has not ended after this long is given up. */
  readonly printTimeoutMs: Millis;
}

/** A device behind a Modbus address: relays, measured values, or both. */
export interface ModbusDefinition {
  readonly kind: 'modbus';
  readonly id: string;
  readonly maker: string;
  readonly model: string;
  readonly baudRate: number;
  /** `verified`: the register map was checked against a maker's document or a public driver; `template`: check it against yours. */
  readonly certainty: 'verified' | 'template';
  /** Channel 1 is coil `firstCoil`. */
  readonly relay?: { readonly channels: number; readonly firstCoil: number };
  readonly readings: readonly RegisterReading[];
  readonly timings: ModbusTimings;
}

/** One value among the registers of a device. */
export interface RegisterReading {
  /** Name under which it is published, e.g. `temperature`. */
  readonly quantity: string;
  readonly unit?: string | undefined;
  /** Function 03 reads holding registers, 04 input registers. */
  readonly from: 'holding' | 'input';
  /** Counted from 0, as on the wire. */
  readonly register: number;
  readonly type: 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32';
  /** Which of two registers comes first; bytes within a register are always high first. */
  readonly words?: 'high-first' | 'low-first' | undefined;
  readonly scale: number;
  readonly offset?: number | undefined;
  /** Outside these, in the unit of the value, the device is not believed. */
  readonly min: number;
  readonly max: number;
}

export interface ModbusTimings {
  readonly pollMs: Millis;
  readonly answerTimeoutMs: Millis;
  /** Silence kept between two frames: 3.5 characters of RTU, and what slow devices need. */
  readonly paceMs: Millis;
  /** Unanswered rounds in a row that make a device silent. */
  readonly silentAfter: number;
}

/** A contactless reader that another program drives. */
export interface CardReaderDefinition {
  readonly kind: 'card-reader';
  readonly id: string;
  readonly maker: string;
  readonly model: string;
  /** No line of its own: 0. */
  readonly baudRate: 0;
}

/** A reader of resident ID cards: asked whether a card lies there, then for its text. */
export interface IdReaderDefinition {
  readonly kind: 'id-card-reader';
  readonly id: string;
  readonly maker: string;
  readonly model: string;
  readonly baudRate: number;
  /** With the frames `find`, `select`, `read` to ask and `found`, `selected`, `card`, `status` as answers. */
  readonly frames: FrameTable;
  readonly timings: IdReaderTimings;
}

export interface IdReaderTimings {
  readonly pollMs: Millis;
  /** An answer later than this is lost; reading the chip takes longer than finding it. */
  readonly answerTimeoutMs: Millis;
  readonly readTimeoutMs: Millis;
  /** Unanswered questions in a row that make a reader silent. */
  readonly silentAfter: number;
  /** Cards in a row that could not be read: no longer a card taken away too soon. */
  readonly failedAfter: number;
  /** The same card found again within this time has only stayed. */
  readonly sameCardMs: Millis;
  readonly writeTimeoutMs: Millis;
}

export type Definition =
  | LockBoardDefinition
  | LineScannerDefinition
  | PrinterDefinition
  | ModbusDefinition
  | CardReaderDefinition
  | IdReaderDefinition;
