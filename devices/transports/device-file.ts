import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { sleep, type Clock, type Millis } from '../../contract/ports.ts';
import type { OpenPort, Port, PortEvents } from './reopening.ts';

/** How long between two tries when the device has nothing to say or cannot take more bytes. */
const QUIET_MS: Millis = 20;

/**
 * Opens a device file such as `/dev/usb/lp0` for bytes in both directions.
 * Without O_NONBLOCK a read would hold a thread of this process until the printer speaks;
 * without O_NOCTTY a terminal line could become the one that stops the process.
 */
export function deviceFile(path: string, clock: Clock): OpenPort {
  return async (events) => {
    const { O_RDWR, O_NONBLOCK, O_NOCTTY } = constants;
    const file = await open(path, O_RDWR | O_NONBLOCK | O_NOCTTY);
    const stat = await file.stat();
    if (!stat.isCharacterDevice() && !stat.isFIFO()) {
      await file.close();
      throw new Error(`${path} is not a device`);
    }
    return opened(file, events, clock);
  };
}

function opened(file: FileHandle, events: PortEvents, clock: Clock): Port {
  let closed: Promise<void> | undefined;
  let writing = 0;
  const isClosed = (): boolean => closed !== undefined;
  const close = (reason: string): Promise<void> => {
    closed ??= file.close().finally(() => {
      events.onClosed(reason);
    });
    return closed;
  };

  async function read(): Promise<void> {
    const room = new Uint8Array(256);
    while (!isClosed()) {
      const bytes = await attempt(() => file.read(room, 0, room.length, null).then((done) => done.bytesRead));
      if (isClosed()) return;
      if (bytes instanceof Error) {
        await close(bytes.message);
        return;
      }
      if (bytes > 0) events.onBytes(room.slice(0, bytes));
      else await sleep(clock, QUIET_MS);
    }
  }

  async function write(bytes: Uint8Array): Promise<void> {
    writing += 1;
    const mine = writing;
    let from = 0;
    while (from < bytes.length) {
      if (isClosed() || mine !== writing) throw new Error('taken back');
      const done = await attempt(() => file.write(bytes, from).then((written) => written.bytesWritten));
      if (done instanceof Error) {
        await close(done.message);
        throw done;
      }
      from += done;
      if (done === 0) await sleep(clock, QUIET_MS);
    }
  }

  void read();
  return {
    write,
    discard: () => {
      writing += 1;
    },
    close: () => close('closed'),
  };
}

/** Bytes moved; 0 when the device is not ready. */
async function attempt(work: () => Promise<number>): Promise<number | Error> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    return error instanceof Error ? error : new Error(String(error));
  }
}
