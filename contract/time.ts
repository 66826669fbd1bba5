import { z } from 'zod';
import type { UnixMillis } from './ports.ts';

/** RFC 3339 in UTC with milliseconds: the only form of a time on the wire. */
export const Instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'RFC 3339 UTC with milliseconds')
  .refine((text) => Number.isFinite(Date.parse(text)), 'a real date and time');
export type Instant = z.infer<typeof Instant>;

/** Calendar day in the hall's own time zone, `YYYY-MM-DD`. */
export const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export type Day = z.infer<typeof Day>;

/** Milliseconds since 1970 -> wire form. */
export function toInstant(at: UnixMillis): Instant {
  return new Date(at).toISOString();
}

/** Wire form -> milliseconds since 1970. The text must have passed `Instant`. */
export function fromInstant(text: Instant): UnixMillis {
  return Date.parse(text);
}

/**
 * How far the writer trusted its own clock: `synced` within tolerance of a time
 * source, `free` running on its own, `jumped` moved by more than the tolerance.
 */
export const ClockState = z.enum(['synced', 'free', 'jumped']);
export type ClockState = z.infer<typeof ClockState>;
