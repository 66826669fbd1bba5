import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { Button } from 'react-aria-components';
import { fromInstant } from '../../contract/time.ts';
import { formatTime } from '../../ui/clock.ts';
import { Field } from '../../ui/components/Field.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { useDesk } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { byDeadline } from '../rules/waiting.rules.ts';
import { CaseDetail } from './CaseDetail.tsx';
import './cases.css';

/** Applications to decide: the list by deadline, and the chosen one with its answers. */
export function CasesPage(): ReactNode {
  const { t, say, day, zone } = useWords();
  const desk = useDesk();
  const [params, setParams] = useSearchParams();
  const [find, setFind] = useState('');
  useEffect(() => {
    if (params.has('find')) document.querySelector<HTMLInputElement>('[data-find] input')?.focus();
  }, [params]);
  const all = byDeadline(desk.applications);
  const word = find.trim().toLowerCase();
  const shown = all.filter(
    (each) =>
      word === '' ||
      each.number.toLowerCase().includes(word) ||
      each.service.zh.includes(word) ||
      each.service.en.toLowerCase().includes(word),
  );
  const chosen = shown.find((each) => each.applicationId === params.get('id')) ?? shown[0];
  return (
    <div className="cases">
      <section className="cases__list" aria-labelledby="cases-title">
        <div className="page-head">
          <h1 id="cases-title">{t('cases.title')}</h1>
          <p>{t('cases.count', { count: desk.applicationsOpen })}</p>
        </div>
        <div data-find="">
          <Field id="find" label={t('cases.find')} value={find} onChange={setFind} maxLength={40} />
        </div>
        {shown.length === 0 ? (
          all.length === 0 ? (
            <EmptyState pictogram="ok" title={t('cases.none')} detail={t('cases.noneDetail')} />
          ) : (
            <EmptyState title={t('cases.noMatch')} />
          )
        ) : (
          <ul>
            {shown.map((each) => (
              <li key={each.applicationId}>
                <Button
                  className={`case-row${each === chosen ? ' case-row--chosen' : ''}`}
                  aria-pressed={each === chosen}
                  onPress={() => {
                    setParams({ id: each.applicationId }, { replace: true });
                  }}
                >
                  <strong>{say(each.service)}</strong>
                  <span>{each.number}</span>
                  <span className="case-row__end">
                    {each.overdue ? (
                      <StateMark state="attention" word={t('cases.late')} />
                    ) : (
                      `${day(each.deadline)} ${formatTime(fromInstant(each.deadline), zone)}`
                    )}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        )}
        {desk.applications.length < desk.applicationsOpen ? (
          <p className="desk-note">{t('cases.more', { count: desk.applications.length })}</p>
        ) : null}
      </section>
      {chosen === undefined ? null : <CaseDetail key={chosen.applicationId} application={chosen} />}
    </div>
  );
}
