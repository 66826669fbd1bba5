import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Board, BoardRow } from '../../ui/components/Board.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { useNow } from '../../ui/clock.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import { Page } from '../frame/PhoneFrame.tsx';
import { nameOf, nextThing, splitThings, thingsOf } from '../rules/agenda.rules.ts';
import type { Thing } from '../rules/agenda.rules.ts';
import { byDay, dayAt } from '../rules/days.rules.ts';
import { ThingState } from './ThingState.tsx';
import { pathOf, useThingWords } from './thing-words.ts';

/** The newest notices stand here; all of them are with the cases. */
const NOTICES = 2;
const DONE = 8;

/** What is due: the one red action, the rest of the plans, what is done. */
export function TodayPage(): ReactNode {
  const { view } = usePhone();
  const { t, say, dayName } = useWords(view.hall.timeZone);
  const now = useNow(1000);
  const navigate = useNavigate();
  const things = thingsOf(view, now);
  const next = nextThing(things, now);
  const { open, done } = splitThings(things);
  return (
    <Page pictogram="home" title={t('today.greeting', { name: view.member.nameMasked })}>
      {next === undefined ? (
        <section className="stack">
          <p className="lead-sentence">{t('today.nothing')}</p>
          <p>{t('today.nothingDetail')}</p>
          <ActionButton
            kind="primary"
            pictogram="activity"
            label={t('today.findActivity')}
            onPress={() => void navigate('/activities')}
          />
        </section>
      ) : (
        <NextThing thing={next} />
      )}
      {view.notices.slice(0, NOTICES).map((notice) => (
        <Notice
          key={notice.id}
          kind="attention"
          title={say(notice.message)}
          {...(notice.alternative === null
            ? {}
            : { detail: t('today.instead', { words: say(notice.alternative) }) })}
        />
      ))}
      {byDay(open, (thing) => Math.max(thing.from, dayStart(thing, now)), view.hall.timeZone).map(
        ({ day, rows }) => (
          <Board key={day} title={dayName(day, now)}>
            {rows.map((thing) => (
              <ThingRow key={thing.id} thing={thing} />
            ))}
          </Board>
        ),
      )}
      {done.length === 0 ? null : (
        <Board title={t('today.done')}>
          {done.slice(0, DONE).map((thing) => (
            <ThingRow key={thing.id} thing={thing} dated={dayAt(thing.from, view.hall.timeZone)} />
          ))}
        </Board>
      )}
    </Page>
  );
}

/** What began on an earlier day and is not over counts as today's. */
function dayStart(thing: Thing, now: number): number {
  return thing.from < now ? now : thing.from;
}

function NextThing({ thing }: { thing: Thing }): ReactNode {
  const { view } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const { title, detail } = useThingWords(thing);
  const navigate = useNavigate();
  const verb = { session: 'today.showCheckIn', booking: 'today.showCode', lease: 'today.showOpen' } as const;
  return (
    <section className="stack">
      <div>
        <p className="quiet">{t('today.next')}</p>
        <p className="lead-sentence">{title}</p>
        <p>{detail}</p>
      </div>
      <ThingState thing={thing} />
      <ActionButton
        kind="primary"
        pictogram="scan"
        label={t(verb[thing.kind])}
        onPress={() => void navigate(`/code/${thing.grant?.grantId ?? ''}`)}
      />
    </section>
  );
}

function ThingRow({ thing, dated }: { thing: Thing; dated?: string }): ReactNode {
  const { view } = usePhone();
  const { t, say, time, date } = useWords(view.hall.timeZone);
  const { title, detail } = useThingWords(thing);
  const now = useNow(60_000);
  const navigate = useNavigate();
  const path = pathOf(thing);
  const name = nameOf(thing);
  const earlier = dated !== undefined && dated !== dayAt(now, view.hall.timeZone);
  return (
    <BoardRow
      time={time(thing.from)}
      title={title}
      detail={earlier ? `${date(dated, 'short')} · ${detail}` : detail}
      state={<ThingState thing={thing} />}
      action={{
        label: t('open', { name: name === undefined ? title : say(name) }),
        onPress: () => void navigate(path),
      }}
    />
  );
}
