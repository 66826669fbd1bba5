import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionView } from '../../contract/hall-api.ts';
import { fromInstant } from '../../contract/time.ts';
import { formatTime } from '../../ui/clock.ts';
import { Board, BoardRow } from '../../ui/components/Board.tsx';
import { CourtFigure } from '../../ui/components/CourtFigure.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import type { State } from '../../ui/components/StateMark.tsx';
import { Tile } from '../../ui/components/Tile.tsx';
import { useJourney, useSay } from '../screens/journey/journey-context.ts';
import { JourneyFrame } from '../screens/journey/JourneyFrame.tsx';
import { useScans } from '../screens/journey/use-scans.ts';
import { JOURNEYS } from './journeys.ts';
import type { JourneyId } from './journeys.ts';
import './home.css';

const ROWS = 4;
const COURTS = 6;

/** The first screen: what one can do, what is on today, which places are free; a code held up needs no touch. */
export function HomePage({ onOpen }: { onOpen: (id: JourneyId) => void }): ReactNode {
  const { home, callStaff, showWay } = useJourney();
  const { t } = useTranslation('welcome');
  const { t: names } = useTranslation('journey');
  const say = useSay();
  useScans(true);
  const zone = home.hall.timeZone;
  const sessions = home.sessions.filter((each) => each.state !== 'over').slice(0, ROWS);
  const due = sessions.find((each) => each.state === 'check-in-open');
  const courts = home.resources.slice(0, COURTS);
  return (
    <JourneyFrame
      pictogram="home"
      title={t('hello')}
      second={`${home.hall.name.zh}  ${home.hall.name.en}`}
      page="welcome"
      busy
      onHome={() => undefined}
    >
      <div className="home">
        <div className="home__acts">
          <div className="home-tiles">
            {JOURNEYS.filter((journey) => home.journeys.includes(journey.id)).map((journey) => (
              <Tile
                key={journey.id}
                pictogram={journey.pictogram}
                title={names(`tile.${journey.id}`)}
                hint={
                  journey.id === 'check-in' && due !== undefined
                    ? t('checkInNow', {
                        activity: say.words(due.session.activity),
                        time: formatTime(fromInstant(due.session.startsAt), zone),
                      })
                    : t(`hint.${journey.id}`)
                }
                primary={journey.id === 'check-in' && due !== undefined}
                onPress={() => {
                  if (journey.id === 'help') callStaff('welcome');
                  else onOpen(journey.id);
                }}
              />
            ))}
            <Notice pictogram="scan" title={t('haveCode')} detail={t('haveCodeDetail')} />
          </div>
        </div>
        <div className="home__boards">
          <Board title={t('today')} note={t('todayNote')}>
            {sessions.map((each) => (
              <BoardRow
                key={each.session.number}
                time={formatTime(fromInstant(each.session.startsAt), zone)}
                title={say.words(each.session.activity)}
                detail={`${t('room', { room: each.session.room })}${each.session.teacher === undefined ? '' : ` · ${say.words(each.session.teacher)}`}`}
                state={
                  <StateMark state={stateOf(each).state} word={t(stateOf(each).word, { count: each.left })} />
                }
                action={{
                  label: t('wayTo', { activity: say.words(each.session.activity) }),
                  pictogram: 'route',
                  onPress: () => {
                    showWay(each.session.unit);
                  },
                }}
              />
            ))}
          </Board>
          {sessions.length === 0 ? <p className="journey__lead">{t('nothingToday')}</p> : null}
          {courts.length === 0 ? null : (
            <section className="home-courts" aria-label={t('courts')}>
              <h2>{t('courts')}</h2>
              <div className="home-courts__row">
                {courts.map((each) => (
                  <CourtFigure
                    key={each.resource.number}
                    number={String(each.resource.number)}
                    state={each.free}
                    {...(each.until === null || each.free === 'unknown'
                      ? {}
                      : { until: formatTime(fromInstant(each.until), zone) })}
                  />
                ))}
              </div>
            </section>
          )}
        </div>
      </div>
    </JourneyFrame>
  );
}

type SessionWord = 'cancelled' | 'open' | 'running' | 'full' | 'left';

function stateOf(view: SessionView): { state: State; word: SessionWord } {
  switch (view.state) {
    case 'cancelled':
      return { state: 'refused', word: 'cancelled' };
    case 'check-in-open':
      return { state: 'ok', word: 'open' };
    case 'running':
    case 'over':
      return { state: 'unknown', word: 'running' };
    case 'full':
      return { state: 'full', word: 'full' };
    case 'later':
      return { state: 'free', word: 'left' };
  }
}
