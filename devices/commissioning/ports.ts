import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface SerialName {
  /** What to write into the configuration: the name that stays when the plug moves, where there is one. */
  readonly name: string;
  readonly port: string;
}

/**
 * Serial ports of this machine, by their stable names where udev made some. Reads the folders itself: the listing of the
 * serialport package needs a program that small machines do not have.
 */
export function serialPorts(dev = '/dev', sys = '/sys/class/tty'): SerialName[] {
  const byId = join(dev, 'serial/by-id');
  const named = (existsSync(byId) ? readdirSync(byId) : []).map((name) => ({
    name: join(byId, name),
    port: resolve(byId, readlinkSync(join(byId, name))),
  }));
  const known = new Set(named.map((each) => each.port));
  // Real ports have a device behind them; the dozens of ttyS that every kernel lists do not.
  const bare = (existsSync(sys) ? readdirSync(sys) : [])
    .filter((name) => /^tty(USB|ACM|AMA|S)\d+$/.test(name) && existsSync(join(sys, name, 'device/driver')))
    .map((name) => join(dev, name))
    .filter((port) => !known.has(port) && existsSync(port))
    .map((port) => ({ name: port, port }));
  return [...named, ...bare].sort((a, b) => a.name.localeCompare(b.name));
}
