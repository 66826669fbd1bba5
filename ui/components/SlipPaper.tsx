import type { ReactNode } from 'react';
import { layOut, widthOf } from '../../contract/slip-layout.rules.ts';
import type { PaperLine } from '../../contract/slip-layout.rules.ts';
import type { PrintJob } from '../../contract/messages.ts';
import { QrFigure } from './QrFigure.tsx';
import './slip-paper.css';

/** Columns of the narrow paper: lines stay long enough to read, letters large enough to photograph. */
const COLUMNS = 32;

/** A slip as it would stand on paper, drawn from the printer's own layout; its code can be scanned from the screen. */
export function SlipPaper(props: { job: PrintJob; label: string; qrLabel: string }): ReactNode {
  const { job, label, qrLabel } = props;
  return (
    // A long slip scrolls, also with keys.
    <div className="slip-paper" role="group" aria-label={label} tabIndex={0}>
      {layOut(job, COLUMNS).map((line, index) => (
        <Line key={index} line={line} qrLabel={qrLabel} />
      ))}
    </div>
  );
}

function Line({ line, qrLabel }: { line: PaperLine; qrLabel: string }): ReactNode {
  if (line.kind === 'qr')
    return (
      <div className="slip-paper__qr">
        <QrFigure text={line.data} label={qrLabel} />
      </div>
    );
  // Every letter in its column, as the printer sets it; a screen reader hears the line whole.
  return (
    <p
      className={`slip-paper__line slip-paper__line--${line.align} slip-paper__line--wide-${String(line.wide)} slip-paper__line--high-${String(line.high)}`}
    >
      <span className="sr-only">{line.text}</span>
      <span aria-hidden="true" className="slip-paper__letters">
        {[...line.text].map((char, at) => (
          <i key={at} data-columns={widthOf(char)}>
            {char}
          </i>
        ))}
      </span>
    </p>
  );
}
