import { describe, expect, test } from 'vitest';
import { frameReport } from '../../../../devices/commissioning/frame-words.ts';
import { definitions } from '../../../../devices/definitions/catalogue.ts';
import { bytesOf, explain } from '../../../../devices/frames/explain.ts';

const tables = [
  ...new Map(
    definitions.flatMap((each) =>
      each.kind === 'lock-board' ? [[each.frames.name, each.frames] as const] : [],
    ),
  ).values(),
];
const said = (text: string, language: 'zh' | 'en' = 'en'): string => {
  const bytes = bytesOf(text) ?? new Uint8Array(0);
  return frameReport(explain(tables, bytes), bytes, language).join('\n');
};

describe('a frame read off a line', () => {
  test('[DV49] bytes as people copy them are read; anything else is not', () => {
    for (const text of ['02 0a FF', '020AFF', '0x02,0x0A,0xff', '02-0a-ff', '02:0A:FF\n'])
      expect([...(bytesOf(text) ?? [])], text).toEqual([2, 10, 255]);
    for (const text of ['', '0', '02 0', 'hello', '02 0G']) expect(bytesOf(text), text).toBeUndefined();
  });

  test('[DV49] which protocol and which fields; a frame that opens more than one door is said to be never sent', () => {
    expect(said('02 00 00 51 03 56')).toMatch(/^kerong-cu48: unlock \(address 0, lock 0\)$/m);
    expect(said('02 00 00 65 07 00 00 00 00 C0 03 31')).toMatch(
      /kerong-cu48: .*\(address 0, .*07 00 00 00 00 C0\)/,
    );
    expect(said('02 0A 30 51 03 90')).toContain('never sent');
    expect(said('02 0A 30 51 03 90', 'zh')).toContain('从不发送');
  });

  test('[DV49] why not, protocol by protocol, whatever held longest first; counted from 1', () => {
    const lines = said('8A 01 01 11 9D').split('\n');
    expect(lines[1]).toMatch(/board-8a-2: byte 5 is the check byte: 9D came, 9B is due/);
    expect(lines).toHaveLength(tables.length + 1);
    expect(said('57 4B 4C 59 0E 00 84 00 04 00 01 01 00')).toMatch(/wkly: 13 bytes fit so far, but the rest/);
    expect(said('90 06 05 04 01 03', 'zh')).toContain('winnsen: 第 4 字节（04）不能是这个值');
    expect(said('FF')).toMatch(/begins no frame/);
  });
});
