import type { PrintJob } from './messages.ts';

/** One line as it stands on the paper. Sizes are multiples of the printer's own letter. */
export type PaperLine =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly wide: 1 | 2;
      readonly high: 1 | 2;
      readonly align: 'left' | 'center';
    }
  | { readonly kind: 'qr'; readonly data: string };

const SIZES = {
  normal: { wide: 1, high: 1 },
  large: { wide: 1, high: 2 },
  huge: { wide: 2, high: 2 },
} as const;

/**
 * Lays a slip out for paper of `columns` Latin letters; nothing is cut off, long text goes on in the next line. Pure.
 * A pair stands in one line when it fits, its value at the right edge; otherwise the value follows below.
 */
export function layOut(job: PrintJob, columns: number): PaperLine[] {
  return job.lines.flatMap((line): PaperLine[] => {
    switch (line.kind) {
      case 'text': {
        const size = SIZES[line.size];
        return fold(printable(line.text), Math.floor(columns / size.wide)).map((text) => ({
          kind: 'text',
          text,
          ...size,
          align: line.align,
        }));
      }
      case 'pair':
        return pair(printable(line.label), printable(line.value), columns).map(plain);
      case 'rule':
        return [plain('-'.repeat(columns))];
      case 'qr':
        return [{ kind: 'qr', data: line.data }];
    }
  });
}

/** Columns a text takes: everything beyond ASCII is printed from the Chinese font, two columns wide. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += char <= '\u007e' ? 1 : 2;
  return width;
}

/**
 * Text without anything a printer could take for a command [DV26]: control characters become a space,
 * half a surrogate pair the replacement mark. The yen sign is the full-width one that Chinese fonts hold.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/gu, ' ')
    .replaceAll('\u00a0', ' ')
    .replaceAll('\u00a5', '\uffe5');
}

function plain(text: string): PaperLine {
  return { kind: 'text', text, wide: 1, high: 1, align: 'left' };
}

function pair(label: string, value: string, columns: number): string[] {
  const gap = columns - widthOf(label) - widthOf(value);
  if (gap >= 1) return [label + ' '.repeat(gap) + value];
  return [...fold(label, columns), ...fold(value, columns).map((part) => rightAligned(part, columns))];
}

function rightAligned(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** Breaks at spaces where a Latin word would be cut, between any two Chinese characters, and inside a word only when it is longer than a line. */
function fold(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/[\u0021-\u007e]+|./gu) ?? []) {
    if (widthOf(line) + widthOf(word) <= columns) {
      line += word;
      continue;
    }
    if (word === ' ') {
      lines.push(line.trimEnd());
      line = '';
      continue;
    }
    if (line.trim() !== '') lines.push(line.trimEnd());
    line = '';
    for (const char of word) {
      if (widthOf(line) + widthOf(char) > columns) {
        lines.push(line);
        line = '';
      }
      line += char;
    }
  }
  lines.push(line.trimEnd());
  return lines;
}
