import { sleep, type Clock } from '../../contract/ports.ts';

/** A GM65 says this when it is triggered, on the same stream just before the code. */
export const GM65_ACK: readonly number[] = [0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31];

export interface ScannerSetting {
  readonly baudRate: number;
  /** Bytes after every code. */
  readonly tail: 'cr' | 'lf' | 'crlf';
  /** Sends the GM65 acknowledgement first. */
  readonly ack: boolean;
}

/** The bytes of one scan: acknowledgement, code in UTF-8, tail. */
export function scanBytes(code: string, setting: ScannerSetting): Uint8Array {
  const tails = { cr: [0x0d], lf: [0x0a], crlf: [0x0d, 0x0a] };
  return Uint8Array.from([
    ...(setting.ack ? GM65_ACK : []),
    ...new TextEncoder().encode(code),
    ...tails[setting.tail],
  ]);
}

/** Sends one scan at the pace of the line (10 bits a byte); resolves when the last byte is out. */
export async function sendScan(
  code: string,
  setting: ScannerSetting,
  clock: Clock,
  write: (bytes: Uint8Array) => void,
): Promise<void> {
  const bytes = scanBytes(code, setting);
  const byteMs = 10_000 / setting.baudRate;
  const start = clock.monotonic();
  let sent = 0;
  while (sent < bytes.length) {
    const due = Math.min(bytes.length, Math.floor((clock.monotonic() - start) / byteMs));
    if (due > sent) {
      write(bytes.slice(sent, due));
      sent = due;
    }
    if (sent < bytes.length) await sleep(clock, (sent + 1) * byteMs - (clock.monotonic() - start));
  }
}
