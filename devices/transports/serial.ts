import { SerialPort } from 'serialport';
import type { OpenPort, Port, PortEvents } from './reopening.ts';

/**
 * Opens a serial port, 8N1. Modem lines are not touched: a virtual serial port refuses
 * get() and set(), and an RS-485 adapter turns its direction by itself.
 */
export function serialPort(path: string, baudRate: number): OpenPort {
  return (events) =>
    new Promise((resolve, reject) => {
      const port = new SerialPort({
        path,
        baudRate,
        dataBits: 8,
        parity: 'none',
        stopBits: 1,
        autoOpen: false,
      });
      port.on('data', (chunk: Buffer) => {
        events.onBytes(chunk);
      });
      port.open((error) => {
        if (error) reject(error);
        else resolve(opened(port, events));
      });
    });
}

function opened(port: SerialPort, events: PortEvents): Port {
  let reason: string | undefined;
  const abandon = new Set<(reason: Error) => void>();
  const gone = (text: string): void => {
    if (reason !== undefined) return;
    reason = text;
    for (const reject of abandon) reject(new Error(text));
    events.onClosed(text);
  };
  port.on('close', (error: Error | null) => {
    gone(error === null ? 'closed' : `unplugged: ${error.message}`);
  });
  port.on('error', (error: Error) => {
    // After an error the port may be half dead: close it, and the close event starts the reopening.
    const text = error.message;
    if (port.isOpen)
      port.close(() => {
        gone(text);
      });
    else gone(text);
  });
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        abandon.add(reject);
        const end = (error: Error | null | undefined): void => {
          abandon.delete(reject);
          if (error) reject(error);
          else resolve();
        };
        port.write(bytes, (error) => {
          if (error) end(error);
          else port.drain(end);
        });
      }),
    discard: () => {
      for (const reject of abandon) reject(new Error('taken back'));
      abandon.clear();
      if (!port.isOpen) return;
      port.flush((error) => {
        // Without a working flush the only sure way to keep bytes from leaving late is to close the port.
        if (error && port.isOpen)
          port.close(() => {
            gone(`flush failed: ${error.message}`);
          });
      });
    },
    close: () =>
      new Promise((resolve) => {
        if (!port.isOpen) {
          resolve();
          return;
        }
        port.close(() => {
          resolve();
        });
      }),
  };
}
