import type { LineFault } from '../../contract/messages.ts';

/** Codes of Node and the words of the serialport package, by what a person has to do about them. */
const SIGNS: readonly { readonly fault: LineFault; readonly sign: RegExp }[] = [
  { fault: 'port-taken', sign: /cannot lock port|EBUSY|resource busy|held by/i },
  { fault: 'no-permission', sign: /permission denied|EACCES|EPERM|operation not permitted/i },
  {
    fault: 'no-such-port',
    sign: /no such file|ENOENT|ENODEV|no such device,? cannot open|not a (tty|device)/i,
  },
  {
    fault: 'unreachable',
    sign: /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ECONNRESET|no answer from/i,
  },
  { fault: 'unplugged', sign: /unplugged|disconnected|ENXIO|EIO|input\/output error|bad file descriptor/i },
];

/**
 * Why a line is down, read from the error that said so. Pure.
 * @param reason text of the error of an opening that failed or of a line that closed
 */
export function lineFault(reason: string): LineFault {
  return SIGNS.find(({ sign }) => sign.test(reason))?.fault ?? 'other';
}
