import type { CommissioningSession, QuestionWord } from '../../contract/commissioning.ts';

/** What the page offers for each question of the wizard. Pure. */

export function isLive({ phase }: Pick<CommissioningSession, 'phase'>): boolean {
  return phase === 'searching' || phase === 'asking' || phase === 'working';
}

export interface Choice {
  /** Word of the button. */
  readonly word:
    'goOn' | 'anew' | 'shut' | 'byHand' | 'pulse' | 'open' | 'skip' | 'faulty' | 'again' | 'note';
  readonly answer: string;
  readonly kind: 'primary' | 'plain';
}

const choice = (word: Choice['word'], answer: string, kind: Choice['kind'] = 'plain'): Choice => ({
  word,
  answer,
  kind,
});

/** Buttons of a question, the likeliest first; undefined where something is typed. */
export function choicesOf(word: QuestionWord): readonly Choice[] | undefined {
  switch (word) {
    case 'goOn':
      return [choice('goOn', '', 'primary'), choice('anew', 'n')];
    case 'anew':
      return [choice('anew', '', 'primary')];
    case 'shutAll':
      return [choice('shut', '', 'primary')];
    case 'openOne':
      return [choice('byHand', '', 'primary'), choice('pulse', 'y')];
    case 'prove':
      return [choice('open', '', 'primary'), choice('skip', 's'), choice('faulty', 'f')];
    case 'failed':
    case 'wrongDoor':
      return [choice('again', 'r', 'primary'), choice('note', '')];
    case 'askId':
    case 'askDoors':
    case 'askFirst':
    case 'askRows':
      return undefined;
  }
}

/** The lines of the report, door by door, for a file that an installer keeps. */
export function reportText(
  session: CommissioningSession,
  words: {
    readonly title: string;
    readonly door: (door: CommissioningSession['doors'][number]) => string;
  },
): string {
  const models = [...new Set(session.found.map((board) => `${board.model} (${board.definition})`))];
  return [
    words.title,
    `${session.bank ?? ''}: ${models.join(', ')}`,
    session.line,
    ...session.doors.map((door) => words.door(door)),
    '',
  ].join('\n');
}
