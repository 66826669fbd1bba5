import { z } from 'zod';

/** Configuration of one kiosk's shell, a JSON file beside the program. */
export const ShellConfig = z.strictObject({
  /** Where the hall answers, e.g. `http://127.0.0.1:7080`. */
  hallUrl: z.url(),
  /** One-time code from the desk; used once, then the cookie in the profile is enough. */
  enrolCode: z.string().optional(),
  /** `npm run kiosk:pin` prints it. */
  staffPinHash: z.string().optional(),
  /** Windowed with a frame, for developers. */
  windowed: z.boolean().default(false),
});
export type ShellConfig = z.infer<typeof ShellConfig>;
