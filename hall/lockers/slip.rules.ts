import type { PrintJob } from '../../contract/messages.ts';
import type { Words } from '../../contract/ids.ts';

/** The slip of a compartment rented on the spot: number, 8 digits in groups of four, until when, QR for one opening. Pure. */
export function rentSlip(parts: {
  readonly hall: Words;
  readonly compartment: number;
  readonly digits: string;
  readonly qr: string;
  /** `YYYY-MM-DD HH:MM` in the hall. */
  readonly until: string;
  readonly helpPhone: string;
}): PrintJob {
  const text = (
    line: string,
    size: 'normal' | 'large' | 'huge' = 'normal',
    align: 'left' | 'center' = 'left',
  ) => ({ kind: 'text', text: line, size, align }) as const;
  return {
    lines: [
      text(parts.hall.zh, 'normal', 'center'),
      text(`${String(parts.compartment)} 号柜`, 'huge', 'center'),
      text(`${parts.digits.slice(0, 4)} ${parts.digits.slice(4)}`, 'huge', 'center'),
      { kind: 'pair', label: '用到 Until', value: parts.until },
      { kind: 'rule' },
      text('再开柜：在终端输柜号和上面 8 位码。'),
      text('Open again: type locker number and the 8 digits.'),
      text('取完东西：点“归还”，门开后拿走，再关好门。'),
      text('Finish: press Finish, empty it, close the door.'),
      { kind: 'rule' },
      text('下面的码只能开一次。 This code opens once.'),
      { kind: 'qr', data: parts.qr },
      ...(parts.helpPhone === ''
        ? []
        : [{ kind: 'pair', label: '求助 Help', value: parts.helpPhone } as const]),
    ],
  };
}
