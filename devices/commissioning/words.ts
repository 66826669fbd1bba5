/** What the wizard says, in the installer's language. `{name}` stands for a value. */
const WORDS = {
  searching: [
    '正在找锁板，只问不开锁……',
    'Looking for lock boards. Only questions are asked; nothing opens.',
  ],
  progress: ['  {done} / {total}', '  {done} of {total}'],
  none: [
    '没有锁板回答。请看：电源灯亮不亮；A、B 两根线有没有接反；拨码地址；转接头是不是 485。',
    'No lock board answered. Check its power light, whether wires A and B are swapped, the address switches, and that the adapter is RS-485.',
  ],
  notOpen: [
    '串口打不开：{reason}。如果服务正在运行，请先停下它的网关。',
    'The line cannot be opened: {reason}. If the hall is running, stop its gateway first.',
  ],
  found: [
    '找到：{model}，地址 {address}，{locks} 路，{rate} 波特',
    'Found: {model}, address {address}, {locks} locks, {rate} baud',
  ],
  unsure: [
    '同一条线上型号不止一种，请一次装一种。',
    'More than one model answers on this line. Commission one model at a time.',
  ],
  goOn: [
    '上次做到一半（柜组 {bank}，已验 {proved} / {doors} 扇）。回车=接着做，n=从头来: ',
    'An earlier run was stopped (bank {bank}, {proved} of {doors} doors decided). Enter = go on with it, n = begin anew: ',
  ],
  anew: ['回车=从头来（上次的进度作废）: ', 'Enter = begin anew; the earlier progress is given up: '],
  boardsChanged: [
    '锁板换过了：上次是 {before}，现在是 {now}。上次的进度不能接着用。',
    'The boards were changed: they were {before} and are {now}. The earlier progress cannot be gone on with.',
  ],
  doorsChanged: [
    '地址 {address} 的这些锁和上次记下的不一样：{locks}。门没关好，或锁板、开关线换过；这块板重新判定。',
    'Board {address}: locks {locks} do not show what was noted. A door stands open, or board or switches were changed; this board is learnt again.',
  ],
  damaged: [
    '进度文件读不懂（{reason}），已移到 {file}。配置没有动；从头来。',
    'The progress file cannot be read ({reason}); it was put aside as {file}. The configuration was not touched. Beginning anew.',
  ],
  progressKept: [
    '进度保存在 {file}；停下以后再运行同一条命令，可以接着做。',
    'Progress is kept in {file}: stopped, the same command goes on with it.',
  ],
  askId: ['柜组编号（小写字母、数字、横线）[{value}]: ', 'Id of the locker bank (a-z, 0-9, -) [{value}]: '],
  askDoors: [
    '地址 {address} 接了几扇门（1 到 {locks}）[{locks}]: ',
    'Doors wired to board {address} (1 to {locks}) [{locks}]: ',
  ],
  askFirst: [
    '地址 {address} 的第一个柜号 [{value}]: ',
    'First compartment number on board {address} [{value}]: ',
  ],
  askRows: ['每列几扇门 [{value}]: ', 'Doors in a column [{value}]: '],
  badNumber: ['请输入 {from} 到 {to} 之间的数字。', 'Please type a number from {from} to {to}.'],
  badId: ['只能用小写字母、数字和横线，最多 32 个。', 'Only a-z, 0-9 and -, 32 at most.'],
  shutAll: [
    '请关好地址 {address} 的所有柜门，然后按回车。',
    'Shut every door of board {address}, then press Enter.',
  ],
  openOne: [
    '请用钥匙打开地址 {address} 的任意一扇门。没有钥匙就输入 y，由程序打开 {compartment} 号。',
    'Open any one door of board {address} with its key. Without a key type y: door {compartment} is opened for you.',
  ],
  waiting: ['等门的变化……', 'Waiting for a door to move...'],
  several: [
    '同时变了几扇门（{locks}）。请全部关好，再只开一扇。',
    'Several doors moved at once ({locks}). Shut them all and open only one.',
  ],
  nothing: [
    '没看到变化。请检查门的开关线，再试一次。',
    'Nothing moved. Check the wires of the door switch and try again.',
  ],
  polarity: ['开关判定：地址 {address}，{bit} 表示关。', 'Decided for board {address}: {bit} means closed.'],
  reversed: [
    '这些锁的开关接法相反，已分别记下：{locks}',
    'These locks are wired the other way round; noted one by one: {locks}',
  ],
  shutIt: ['请关上这扇门。', 'Shut that door again.'],
  prove: [
    '{compartment} 号：回车=开锁，s=跳过，f=坏了: ',
    'Door {compartment}: Enter = open it, s = skip, f = faulty: ',
  ],
  opened: ['{compartment} 号开了。请关上。', 'Door {compartment} is open. Shut it.'],
  proved: ['{compartment} 号正常。', 'Door {compartment} works.'],
  wrongDoor: [
    '命令 {compartment} 号，开的却是 {other} 号：两根锁线接反了。改好线再试（r），或跳过（s）: ',
    'Door {compartment} was commanded and door {other} opened: their lock wires are swapped. Mend and retry (r) or skip (s): ',
  ],
  failed: [
    '{compartment} 号没有打开（{reason}）。重试（r）或跳过（s）: ',
    'Door {compartment} did not open ({reason}). Retry (r) or skip (s): ',
  ],
  notShut: [
    '{compartment} 号还开着，先记为未验证。',
    'Door {compartment} is still open; noted as not proved.',
  ],
  report: ['验收记录', 'Commissioning report'],
  written: [
    '已写入 {file}，原文件留作 {backup}。重启网关后生效。',
    'Written to {file}; the old one is kept as {backup}. Restart the gateway to use it.',
  ],
  refusedFile: ['没有写入：{reason}', 'Not written: {reason}'],
  noFile: [
    '没有指定配置文件，请把下面这段放进 devices：',
    'No configuration was named; put this into its devices:',
  ],
  result: [
    '{compartment} 号（地址 {address}，锁 {lock}）：{result}',
    'Door {compartment} (board {address}, lock {lock}): {result}',
  ],
  frameUnknown: ['{bytes} 不是任何已知锁板的报文：', '{bytes} is no frame of any lock board known here:'],
  frameStart: [
    '第 1 字节（{byte}）不是这种协议的开头。',
    'byte 1 ({byte}) begins no frame of this protocol.',
  ],
  frameValue: ['第 {place} 字节（{byte}）不能是这个值。', 'byte {place} cannot be {byte}.'],
  frameChecksum: [
    '第 {place} 字节是校验，收到 {byte}，应为 {due}。线路干扰、波特率不对或抄错。',
    'byte {place} is the check byte: {byte} came, {due} is due. Noise, a wrong baud rate, or a slip in copying.',
  ],
  frameShort: [
    '只有 {count} 字节，到此都对，但没有收完。',
    '{count} bytes fit so far, but the rest is missing.',
  ],
  frameLength: [
    '长度不对：共 {count} 字节，从第 {place} 字节起对不上。',
    'the length is wrong: {count} bytes, which no longer fit from byte {place} on.',
  ],
  frameNever: [
    '【本程序认得，但从不发送：可能不止开一扇门】',
    '[known, and never sent by this program: it may open more than one door]',
  ],
  frameNotHex: [
    '请给十六进制字节，例如 02 00 31 03 36。',
    'Give the bytes in hexadecimal, e.g. 02 00 31 03 36.',
  ],
  ok: ['正常', 'works'],
  skipped: ['未验证', 'not proved'],
  faulty: ['坏', 'faulty'],
} as const;

export type Language = 'zh' | 'en';
export type Word = keyof typeof WORDS;

/** A sentence with its values put in. */
export function say(
  language: Language,
  word: Word,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const text: string = WORDS[word][language === 'zh' ? 0 : 1];
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
