import { parser } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';

/**
 * What a process asked of the disk and of its sockets, in order, read from a recording by strace
 * (-f -y -xx): the raw material for cutting the power at any moment.
 */
export type DiskAct =
  | { readonly act: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly act: 'truncate'; readonly file: string; readonly length: number }
  | { readonly act: 'unlink'; readonly file: string }
  | { readonly act: 'sync'; readonly file: string }
  | { readonly act: 'sent'; readonly socket: string; readonly packet: Packet };

/** The strace arguments this reader understands, without the program. */
export function recorder(file: string): string[] {
  const calls = 'pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync,ftruncate,unlink';
  return [
    'strace',
    '--seccomp-bpf',
    '-f',
    '-qq',
    '-y',
    '-xx',
    '-s',
    '300000',
    '-e',
    `trace=${calls}`,
    '-o',
    file,
  ];
}

/** Acts on files under `folder` and packets sent on sockets, oldest first. */
export function readRecording(text: string, folder: string): DiskAct[] {
  const acts: DiskAct[] = [];
  const unfinished = new Map<string, string>();
  const streams = new Map<string, { parse(bytes: Buffer): void }>();
  for (const line of text.split('\n')) {
    const [, pid = '', call = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (call.endsWith('<unfinished ...>')) {
      unfinished.set(pid, call.slice(0, -'<unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(call);
    const whole = resumed === null ? call : (unfinished.get(pid) ?? '') + (resumed[1] ?? '');
    if (/= -1 /.test(whole)) continue;
    const [, name = '', rest = ''] = /^(\w+)\((.*)$/.exec(whole) ?? [];
    if (name === 'unlink') {
      const file = hexText(rest);
      if (file.startsWith(folder)) acts.push({ act: 'unlink', file });
      continue;
    }
    const [, fd = '', path = '', args = ''] = /^(\d+)<((?:[^<>]|<[^<>]*>)*)>(.*)$/.exec(rest) ?? [];
    const file = path.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (/^(TCP|socket|UNIX)/.test(file)) {
      const key = `${fd}${file}`;
      let stream = streams.get(key);
      if (stream === undefined) {
        const made = parser({ protocolVersion: 4 });
        made.on('packet', (packet: Packet) => acts.push({ act: 'sent', socket: key, packet }));
        // Other talk than MQTT is none of ours.
        made.on('error', () => undefined);
        stream = made;
        streams.set(key, stream);
      }
      for (const part of strings(args)) stream.parse(part);
      continue;
    }
    if (!file.startsWith(folder)) continue;
    if (name === 'fsync' || name === 'fdatasync') acts.push({ act: 'sync', file });
    else if (name === 'ftruncate')
      acts.push({ act: 'truncate', file, length: Number(/(\d+)\)/.exec(args)?.[1]) });
    else if (name === 'pwrite64') {
      const [, at = ''] = /, (\d+)\)\s+= \d+$/.exec(args) ?? [];
      for (const bytes of strings(args)) acts.push({ act: 'write', file, at: Number(at), bytes });
    }
  }
  return acts;
}

function strings(args: string): Buffer[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
    Buffer.from(hex.replaceAll('\\x', ''), 'hex'),
  );
}

function hexText(args: string): string {
  return strings(args)[0]?.toString() ?? '';
}

interface DiskFile {
  /** What surely outlives a cut. */
  synced: Buffer;
  /** What was asked since the last fsync of this file. */
  pending: Extract<DiskAct, { act: 'write' | 'truncate' }>[];
}

/** Files as a disk holds them that promises only what was synced. */
export class CuttableDisk {
  readonly #files = new Map<string, DiskFile>();

  apply(act: DiskAct): void {
    if (act.act === 'sent') return;
    if (act.act === 'unlink') {
      this.#files.delete(act.file);
      return;
    }
    const file = this.#files.get(act.file) ?? { synced: Buffer.alloc(0), pending: [] };
    this.#files.set(act.file, file);
    if (act.act !== 'sync') {
      file.pending.push(act);
      return;
    }
    file.synced = file.pending.reduce(changed, file.synced);
    file.pending = [];
  }

  /**
   * Each file after the cut: what was synced, and of the rest what chance lets through, the last of it perhaps torn.
   * @param keeps chance in [0, 1): asked once for each pending act, and once for where a torn write ends
   */
  afterCut(keeps: () => number, share: number): Map<string, Buffer> {
    return new Map(
      [...this.#files].map(([name, { synced, pending }]) => {
        const kept = pending.filter(() => keeps() < share);
        const last = kept.at(-1);
        const torn =
          last?.act === 'write' && share < 1
            ? [
                ...kept.slice(0, -1),
                { ...last, bytes: last.bytes.subarray(0, Math.floor(keeps() * last.bytes.length)) },
              ]
            : kept;
        return [name, torn.reduce(changed, synced)];
      }),
    );
  }
}

function changed(bytes: Buffer, act: DiskFile['pending'][number]): Buffer {
  if (act.act === 'truncate') {
    const cut = Buffer.alloc(act.length);
    bytes.copy(cut, 0, 0, Math.min(bytes.length, act.length));
    return cut;
  }
  const end = act.at + act.bytes.length;
  const grown = Buffer.alloc(Math.max(bytes.length, end));
  bytes.copy(grown);
  act.bytes.copy(grown, act.at);
  return grown;
}
