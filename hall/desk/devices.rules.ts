import type { Words } from '../../contract/ids.ts';
import { IdReaderState, LineState, PortNamed, PrinterState } from '../../contract/messages.ts';
import type { IdReaderFault, LineFault, Unreadable } from '../../contract/messages.ts';

/** The state of a device in one word, and what a person does about it. Pure. */

export type DeviceState = 'online' | 'offline' | 'fault' | 'never';
export type Fault =
  | 'paper-out'
  | 'paper-near-end'
  | 'cover-open'
  | 'printer-error'
  | 'line-silent'
  | 'line-garbled'
  | 'line-down'
  | `reader-${IdReaderFault}`
  | Exclude<LineFault, 'other'>;
export type DeviceKind = 'lock-board' | 'printer' | 'scanner' | 'card-reader' | 'sensor' | 'relay' | 'device';

/** What kind a definition describes, from its file name; `device` when the name does not tell. */
export function kindOf(definition: string, doors: number): DeviceKind {
  if (doors > 0 || /lock|kerong|wkly|cu\d+/.test(definition)) return 'lock-board';
  if (/print|escpos/.test(definition)) return 'printer';
  if (/scan|gm65|barcode/.test(definition)) return 'scanner';
  if (/card|nfc|reader/.test(definition)) return 'card-reader';
  if (/relay/.test(definition)) return 'relay';
  return 'device';
}

/** The fault a state payload tells of, if any; payloads of other shapes tell of none. */
export function faultOf(payload: unknown): Fault | undefined {
  // Of a line that is down nothing else is known.
  const told = LineState.safeParse(payload);
  if (told.success && told.data.line !== 'ok') {
    const { line, fault } = told.data;
    if (line !== 'down') return `line-${line}`;
    return fault === undefined || fault === 'other' ? 'line-down' : fault;
  }
  const reader = IdReaderState.safeParse(payload);
  if (reader.success) return reader.data.reader === 'ready' ? undefined : `reader-${reader.data.reader}`;
  const printer = PrinterState.safeParse(payload);
  if (!printer.success) return undefined;
  const { paper, cover, error } = printer.data;
  if (paper === 'out') return 'paper-out';
  if (cover === 'open') return 'cover-open';
  if (error !== undefined && error !== '') return 'printer-error';
  return paper === 'near-end' ? 'paper-near-end' : undefined;
}

/** A port named by its socket is another port after the next start or plug [DK24]. */
export function portNoteOf(payload: unknown): Words | undefined {
  const told = PortNamed.safeParse(payload);
  if (!told.success) return undefined;
  const { barePort, stablePort } = told.data;
  return stablePort === undefined
    ? {
        zh: `配置里写的 ${barePort} 换个插口就变。请安装人员改用 /dev/serial/by-id 下的名字。`,
        en: `${barePort} in the configuration changes with the socket. Have the installer use a name under /dev/serial/by-id.`,
      }
    : {
        zh: `配置里写的 ${barePort} 换个插口就变。请安装人员改成 ${stablePort}。`,
        en: `${barePort} in the configuration changes with the socket. Have the installer write ${stablePort}.`,
      };
}

const UNREADABLE: Record<Unreadable['reason'], Words> = {
  start: { zh: '开头不对', en: 'begins with the wrong byte' },
  value: { zh: '第 {place} 字节不能是这个值', en: 'byte {place} cannot have that value' },
  length: { zh: '长度不对，到第 {place} 字节', en: 'wrong length, at byte {place}' },
  checksum: { zh: '第 {place} 字节的校验不对', en: 'the check at byte {place} is wrong' },
};

/** What a garbled line said last and what is wrong with it, for the installer on the telephone [DK24]. */
export function unreadableOf(payload: unknown): Words | undefined {
  const told = LineState.safeParse(payload);
  if (!told.success || told.data.line !== 'garbled' || told.data.unreadable === undefined) return undefined;
  const { bytes, reason, at } = told.data.unreadable;
  const why = (text: string): string => text.replace('{place}', String(at + 1));
  const { zh, en } = UNREADABLE[reason];
  return { zh: `最后收到 ${bytes}：${why(zh)}。`, en: `Last heard ${bytes}: ${why(en)}.` };
}

/** One sentence after the other, where there is a second. */
export function together(first: Words | null, second: Words | undefined): Words | null {
  if (first === null || second === undefined) return first ?? second ?? null;
  return { zh: `${first.zh}${second.zh}`, en: `${first.en} ${second.en}` };
}

/** Paper that runs low is worth a word, not a red mark. */
export function stateOf(availability: 'online' | 'offline' | 'never', fault: Fault | undefined): DeviceState {
  if (availability !== 'online') return availability;
  return fault === undefined || fault === 'paper-near-end' ? 'online' : 'fault';
}

/** What to do about a line, whatever hangs on it. The port's own name is in the configuration. */
const LINE_ADVICE: Record<'line-garbled' | Exclude<LineFault, 'other'>, Words> = {
  'line-garbled': {
    zh: '有回答，但听不懂。请安装人员核对波特率，再看 485 的 A、B 两根线有没有接反。',
    en: 'Something answers that cannot be read. Have the installer check the baud rate and whether wires A and B are swapped.',
  },
  unplugged: {
    zh: '线被拔了。把 USB 插头插回去，几秒后自己恢复。',
    en: 'The cable was pulled. Plug the USB connector in again; it recovers by itself.',
  },
  'no-such-port': {
    zh: '找不到配置里的串口。插好转接头；配置里请写 /dev/serial/by-id 下的名字，换口也不会变。',
    en: 'The configured port is not there. Plug the adapter in; name it as under /dev/serial/by-id, which stays the same in any socket.',
  },
  'port-taken': {
    zh: '串口被另一个程序占着。请安装人员关掉那个程序。',
    en: 'Another program holds the port. Have the installer close that program.',
  },
  'no-permission': {
    zh: '没有打开串口的权限。请安装人员把本程序的用户加入 dialout 组。',
    en: 'The port may not be opened. Have the installer add this program’s user to the group dialout.',
  },
  commissioning: {
    zh: '正在调试这些柜子，柜门暂时不能开。调完、或调试的人离开以后，自己恢复。',
    en: 'These lockers are being commissioned and cannot be opened. They come back by themselves when that ends or is left.',
  },
  unreachable: {
    zh: '网络上找不到它。看网线和电源，再核对配置里的地址和端口。',
    en: 'It cannot be reached over the network. Check cable and power, then its address and port in the configuration.',
  },
};

const FAULT_ADVICE: Record<Fault, Words> = {
  ...LINE_ADVICE,
  'paper-out': { zh: '换一卷纸，关好盖子。', en: 'Put in a new roll and close the cover.' },
  'paper-near-end': {
    zh: '纸快用完了，今天准备一卷。',
    en: 'Paper is running low; have a roll ready today.',
  },
  'cover-open': { zh: '关好打印机的盖子。', en: 'Close the cover of the printer.' },
  'printer-error': {
    zh: '关掉打印机，取出卡纸，再打开。',
    en: 'Switch the printer off, take out jammed paper, switch it on.',
  },
  'reader-not-authorised': {
    zh: '身份证阅读器的安全模块没有授权，它自己好不了。请联系卖家换一台。',
    en: 'The security module of the ID card reader is not authorised and will not recover. Have the seller exchange it.',
  },
  'reader-read-failed': {
    zh: '连着几张身份证都读不出来。擦一擦读卡的地方，换一张证试试；还不行就拔下再插上。',
    en: 'Several ID cards in a row could not be read. Wipe the reader, try another card; else unplug it and plug it in again.',
  },
  'reader-no-key': {
    zh: '网关没有身份证号的密钥，所以不读身份证。请安装人员核对网关配置里的 idNumberKeys；本站第一次连上中心以后才有密钥。',
    en: 'The gateway has no key for ID numbers, so it reads no ID cards. Have the installer check idNumberKeys in its configuration; the hall has a key after its first contact with central.',
  },
  'line-silent': {
    zh: '没有回答。看它的电源灯，再看线有没有松。',
    en: 'It does not answer. Look at its power light, then whether a wire is loose.',
  },
  'line-down': {
    zh: '串口断了。把 USB 转接头拔下再插上。',
    en: 'The serial line is gone. Unplug the USB adapter and plug it in again.',
  },
};

const OFFLINE_ADVICE: Record<DeviceKind, Words> = {
  'lock-board': {
    zh: '看柜子的电源和网关。柜门都锁着，急用请用钥匙开。',
    en: 'Check power of the cabinet and the gateway. Doors stay locked; use the key if urgent.',
  },
  printer: { zh: '看打印机电源和数据线。', en: 'Check power and cable of the printer.' },
  scanner: {
    zh: '拔下扫码器再插上。没好以前可以用摄像头或输号码。',
    en: 'Unplug the scanner and plug it in. Until then use the camera or type the number.',
  },
  'card-reader': {
    zh: '拔下读卡器再插上。没好以前可以扫码。',
    en: 'Unplug the card reader and plug it in. Until then scan a code.',
  },
  sensor: {
    zh: '换电池，或把传感器拿到网关旁边按一下。没好以前，场地显示“不确定”。',
    en: 'Change the battery, or press the sensor near its gateway. Until then the place shows as unknown.',
  },
  relay: { zh: '看继电器电源和线。', en: 'Check power and wires of the relay.' },
  device: { zh: '看电源和线，再重启网关。', en: 'Check power and cable, then restart the gateway.' },
};

const STUCK_ADVICE: Words = {
  zh: '传感器一直是同一个值。擦干净、换个方向，不行就换电池。',
  en: 'The sensor always says the same. Clean it, turn it, else change the battery.',
};

const BOARD_SILENT: Words = {
  zh: '锁板没有回答。看电源灯，再看 485 线有没有松。',
  en: 'The lock board does not answer. Look at its power light, then at the 485 cable.',
};

/** A scanner's own sentence says also what visitors do meanwhile. */
const PULLED: readonly (Fault | 'stuck')[] = ['line-down', 'unplugged', 'no-such-port'];

/** What staff do about a device; null when there is nothing to do. */
export function adviceFor(
  kind: DeviceKind,
  state: DeviceState,
  fault: Fault | 'stuck' | undefined,
): Words | null {
  switch (state) {
    case 'online':
      return fault === 'paper-near-end' ? FAULT_ADVICE[fault] : null;
    case 'fault':
      if (fault === 'line-silent' && kind === 'lock-board') return BOARD_SILENT;
      return fault === undefined || (kind === 'scanner' && PULLED.includes(fault))
        ? OFFLINE_ADVICE[kind]
        : fault === 'stuck'
          ? STUCK_ADVICE
          : FAULT_ADVICE[fault];
    case 'offline':
      return fault === 'commissioning' ? LINE_ADVICE[fault] : OFFLINE_ADVICE[kind];
    case 'never':
      return {
        zh: '从没连上过。看配置里的编号和口令，再看线。',
        en: 'Never seen. Check its id and secret in the configuration, then the cable.',
      };
  }
}
