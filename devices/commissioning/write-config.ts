import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { CompartmentConfig, GatewayConfig, HallConfig } from '../../contract/config.ts';
import type { GatewayDevice } from '../../contract/config.ts';
import { planLines } from '../gateway.config.ts';
import type { Commissioned } from './wizard.ts';

type Door = NonNullable<z.input<typeof GatewayDevice>['compartments']>[number];

/** The entry of `devices` for a commissioned bank. Doors found faulty stay in it: the desk takes them out of service. */
export function deviceEntry(
  done: Commissioned,
  transport: GatewayDevice['transport'],
): z.input<typeof GatewayDevice> {
  return {
    id: done.id,
    definition: done.definition.id,
    transport,
    closedBit: done.closedBit,
    compartments: done.doors.map(({ number, board, lock, column, row, closedBit }) => ({
      number,
      size: 'small',
      ...{ board, lock, column, row },
      ...(closedBit === done.closedBit ? {} : { closedBit }),
    })),
  };
}

/** The configuration was left as it was; the message says why. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';
}

/**
 * Puts the entry into a hall's or gateway's configuration, in place of one of the same id; everything else stays, the old
 * file is kept beside it. Nothing is written that the program would refuse to start with [DV43].
 * @returns the name of the copy of the old file
 * @throws NotWritten with the reason
 */
export function writeDevice(file: string, entry: z.input<typeof GatewayDevice>): string {
  let config: { devices?: { id?: unknown }[] } & Record<string, unknown>;
  try {
    config = JSON.parse(readFileSync(file, 'utf8')) as typeof config;
  } catch (error) {
    throw new NotWritten(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const earlier = earlierDoors(config.devices?.find((device) => device.id === entry.id));
  const others = (config.devices ?? []).filter((device) => device.id !== entry.id);
  const next = {
    ...config,
    devices: [...others, { ...entry, compartments: entry.compartments?.map(earlier) }],
  };
  const parsed = ('name' in config ? HallConfig : GatewayConfig).safeParse(next);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new NotWritten(`${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  try {
    planLines(parsed.data.devices);
  } catch (error) {
    throw new NotWritten(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const backup = `${file}.bak`;
  copyFileSync(file, backup);
  writeFileSync(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return backup;
}

/** Size and height of a compartment that was configured before: the wires do not tell them. */
function earlierDoors(device: unknown): (door: Door) => Door {
  const known = z
    .object({
      compartments: z.array(
        z.object({
          number: z.number(),
          size: CompartmentConfig.shape.size,
          height: z.number().int().optional(),
        }),
      ),
    })
    .safeParse(device);
  return (door) => {
    const before = known.data?.compartments.find((each) => each.number === door.number);
    if (before === undefined) return door;
    const { size, height } = before;
    return { ...door, size, ...(height === undefined ? {} : { height }) };
  };
}
