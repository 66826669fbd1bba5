import { useState } from 'react';
import type { ReactNode } from 'react';
import type { CommissioningSession } from '../../contract/commissioning.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Field } from '../../ui/components/Field.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { useHallNow } from '../board/desk-context.tsx';
import { toInstant } from '../../contract/time.ts';
import { useWords } from '../board/words.ts';
import { choicesOf, isLive, reportText } from './commissioning.rules.ts';
import { DoorGrid } from './DoorGrid.tsx';

type Asked = NonNullable<CommissioningSession['question']>;

interface Props {
  session: CommissioningSession;
  busy: boolean;
  onAnswer: (question: number, answer: string) => void;
  onStop: () => void;
}

/** One commissioning as it goes: the question of now, what was seen, and every door [CN19]. */
export function SessionView({ session, busy, onAnswer, onStop }: Props): ReactNode {
  const { t } = useWords();
  const live = isLive(session);
  const newest = session.told.at(-1);
  return (
    <div className="commission__session">
      <div className="commission__now" aria-live="polite">
        <p className="commission__where">
          {session.line}
          {session.found.length === 0 ? null : (
            <>
              {' · '}
              {session.found
                .map((board) => t('commission.board', { model: board.model, address: board.address }))
                .join(t('commission.and'))}
            </>
          )}
        </p>
        {session.phase === 'searching' ? <Searching session={session} /> : null}
        {session.phase === 'working' ? (
          <p className="commission__sentence">
            {newest === undefined
              ? t('commission.working')
              : t(`commission.told.${newest.word}`, { ...newest.values })}
          </p>
        ) : null}
        {session.question === undefined ? null : (
          <Question
            key={session.question.number}
            asked={session.question}
            busy={busy}
            onAnswer={(answer) => {
              onAnswer(session.question?.number ?? 0, answer);
            }}
          />
        )}
        <End session={session} />
        {session.told.length === 0 ? null : (
          <ol className="commission__told" reversed>
            {[...session.told].reverse().map(({ word, values }, index) => (
              <li key={`${String(session.told.length - index)}${word}`}>
                {t(`commission.told.${word}`, { ...values })}
              </li>
            ))}
          </ol>
        )}
        {live ? (
          <p className="commission__stop">
            <ActionButton kind="quiet" label={t('commission.stop')} onPress={onStop} />
            <span className="desk-quiet">{t('commission.leaving')}</span>
          </p>
        ) : null}
      </div>
      <div className="commission__doors">
        <p className="desk-quiet">{t('commission.pulses', { pulses: session.pulses })}</p>
        <DoorGrid doors={session.doors} now={doorOf(session.question)} />
      </div>
    </div>
  );
}

const doorOf = (asked: Asked | undefined): number | undefined =>
  asked?.values.compartment === undefined ? undefined : Number(asked.values.compartment);

function Searching({ session: { search } }: { session: CommissioningSession }): ReactNode {
  const { t } = useWords();
  return (
    <>
      <p className="commission__sentence">{t('commission.searching')}</p>
      {search === undefined ? null : (
        <p className="commission__progress">
          <progress value={search.done} max={search.total} aria-label={t('commission.searching')} />
          <span>{t('commission.searched', { done: search.done, total: search.total })}</span>
        </p>
      )}
    </>
  );
}

function Question({
  asked,
  busy,
  onAnswer,
}: {
  asked: Asked;
  busy: boolean;
  onAnswer: (answer: string) => void;
}): ReactNode {
  const { t } = useWords();
  const [typed, setTyped] = useState(String(asked.values.value ?? ''));
  const choices = choicesOf(asked.word);
  const sentence = t(`commission.ask.${asked.word}`, { ...asked.values });
  if (choices === undefined)
    return (
      <form
        className="commission__form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onAnswer(typed.trim());
        }}
      >
        <Field
          id="commission-answer"
          label={sentence}
          asQuestion
          value={typed}
          onChange={setTyped}
          inputMode={asked.word === 'askId' ? 'text' : 'numeric'}
          maxLength={32}
          autoFocus
        />
        <ActionButton kind="primary" type="submit" label={t('commission.next')} isPending={busy} />
      </form>
    );
  return (
    <>
      <p className="commission__sentence">{sentence}</p>
      <div className="commission__choices">
        {choices.map(({ word, answer, kind }) => (
          <ActionButton
            key={word}
            kind={kind}
            label={t(`commission.choice.${word}`, { ...asked.values })}
            isPending={busy}
            onPress={() => {
              onAnswer(answer);
            }}
          />
        ))}
      </div>
    </>
  );
}

function End({ session }: { session: CommissioningSession }): ReactNode {
  const { t, when } = useWords();
  const now = useHallNow();
  const { end, written } = session;
  if (end !== undefined)
    return (
      <Notice
        kind="attention"
        title={t(`commission.end.${end.why}`)}
        {...(end.detail === '' || end.why === 'left' || end.why === 'stopped' ? {} : { detail: end.detail })}
      />
    );
  if (written === undefined) return null;
  const unproved = session.doors.filter((door) => door.result !== 'ok').length;
  const text = reportText(session, {
    title: `${t('commission.report')} ${when(toInstant(now), now)}`,
    door: (door) =>
      t('commission.doorLine', {
        ...{ number: door.number, board: door.board, lock: door.lock },
        result: t(`commission.result.${door.result ?? 'skipped'}`),
      }),
  });
  return (
    <>
      <Notice
        kind="ok"
        title={t('commission.written', { bank: session.bank ?? '' })}
        detail={t('commission.restart', { file: written.file, backup: written.backup })}
      />
      {unproved === 0 ? null : (
        <Notice kind="attention" title={t('commission.unproved', { count: unproved })} />
      )}
      <p className="commission__choices">
        <a
          className="desk-link"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={`${session.bank ?? 'lockers'}.txt`}
        >
          {t('commission.download')}
        </a>
      </p>
    </>
  );
}
