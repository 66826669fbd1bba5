import { pino } from 'pino';

/** Structured lines on standard error. Callers pass references only; these names are cut as a second fence. */
const PERSONAL = [
  'name',
  'nameMasked',
  'phone',
  'phoneLast4',
  'mobile',
  'memberNumber',
  'text',
  'digits',
  'password',
  'code',
  'token',
  'secret',
  'answers',
  'qr',
  'resumeCode',
  'queryCode',
];

export interface Logger {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/**
 * A logger for one process. Fields that may hold personal data or secrets are replaced by `[removed]`,
 * at the top and one level down.
 * @param write where lines go; standard error when left out.
 */
export function createLogger(
  part: string,
  level: 'info' | 'warn' | 'error' | 'silent' = 'info',
  write?: (line: string) => void,
): Logger {
  const options = {
    level,
    base: { part },
    timestamp: () => `,"at":"${new Date(Date.now()).toISOString()}"`,
    redact: { paths: PERSONAL.flatMap((name) => [name, `*.${name}`]), censor: '[removed]' },
  };
  const logger =
    write === undefined ? pino(options, pino.destination({ dest: 2, sync: true })) : pino(options, { write });
  return {
    info: (fields, message) => {
      logger.info(fields, message);
    },
    warn: (fields, message) => {
      logger.warn(fields, message);
    },
    error: (fields, message) => {
      logger.error(fields, message);
    },
  };
}
