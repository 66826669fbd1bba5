import { z } from 'zod';

/** Hall number, u32, decimal in topics and URLs. */
export const HallId = z.number().int().min(1).max(0xffff_ffff);
export type HallId = z.infer<typeof HallId>;

/** Device, kiosk and MQTT client ids. */
export const DeviceId = z.string().regex(/^[a-z0-9-]{1,32}$/, 'a-z, 0-9 and -, 1 to 32 characters');
export type DeviceId = z.infer<typeof DeviceId>;

/** Compartment, resource and session numbers: u16 >= 1, unique in the hall. */
export const HallNumber = z.number().int().min(1).max(0xffff);
export type HallNumber = z.infer<typeof HallNumber>;

/** Member reference: 48 random bits given by central per (member, hall), 12 hex digits. */
export const MemberRef = z.string().regex(/^[0-9a-f]{12}$/, '12 lower-case hex digits');
export type MemberRef = z.infer<typeof MemberRef>;

/** Grant id: 8 bytes, 16 hex digits. */
export const GrantId = z.string().regex(/^[0-9a-f]{16}$/, '16 lower-case hex digits');
export type GrantId = z.infer<typeof GrantId>;

/** Any record or fact id (UUID, lower case). */
export const Uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a lower-case UUID');
export type Uuid = z.infer<typeof Uuid>;

/** A lease is named by its UUID, or by its grant id when the hall first learns of it from a grant. */
export const LeaseRef = z.union([Uuid, GrantId]);
export type LeaseRef = z.infer<typeof LeaseRef>;

/** Words shown to people, complete in both languages. */
export const Words = z.object({ zh: z.string().min(1), en: z.string().min(1) });
export type Words = z.infer<typeof Words>;
