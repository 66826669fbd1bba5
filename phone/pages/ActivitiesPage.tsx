import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { Board, BoardRow } from '../../ui/components/Board.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { useNow } from '../../ui/clock.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import { Page } from '../frame/PhoneFrame.tsx';
import { byDay } from '../rules/days.rules.ts';
import { SessionState } from './ThingState.tsx';

/** The programme: a board a day, with times, places left and the member's own state. */
export function ActivitiesPage(): ReactNode {
  const { view } = usePhone();
  const { t, say, time, dayName } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  const navigate = useNavigate();
  const ahead = view.sessions
    .filter(({ session }) => fromInstant(session.endsAt) > now)
    .sort((a, b) => fromInstant(a.session.startsAt) - fromInstant(b.session.startsAt));
  const days = byDay(ahead, ({ session }) => fromInstant(session.startsAt), view.hall.timeZone);
  return (
    <Page pictogram="activity" title={t('activities.title')}>
      {days.length === 0 ? (
        <EmptyState pictogram="activity" title={t('activities.empty')} detail={t('activities.emptyDetail')} />
      ) : null}
      {days.map(({ day, rows }) => (
        <Board key={day} title={dayName(day, now)}>
          {rows.map((each) => (
            <BoardRow
              key={each.session.number}
              time={time(fromInstant(each.session.startsAt))}
              title={say(each.session.activity)}
              detail={[
                t('activities.room', { room: each.session.room }),
                ...(each.session.teacher === undefined ? [] : [say(each.session.teacher)]),
              ].join(' · ')}
              state={<SessionState each={each} />}
              action={{
                label: t('open', {
                  name: `${time(fromInstant(each.session.startsAt))} ${say(each.session.activity)}`,
                }),
                onPress: () => void navigate(`/activities/${String(each.session.number)}`),
              }}
            />
          ))}
        </Board>
      ))}
    </Page>
  );
}
