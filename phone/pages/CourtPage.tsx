import { useState } from 'react';
import type { ReactNode } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/components/Waiting.tsx';
import type { Resource } from '../../contract/feed.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useAct } from '../data/use-act.ts';
import { useDays } from '../data/use-days.ts';
import type { DayView } from '../data/use-days.ts';
import { useWords } from '../data/words.ts';
import { OutcomeStrip } from '../frame/Outcome.tsx';
import type { Outcome } from '../frame/Outcome.tsx';
import { Page } from '../frame/PhoneFrame.tsx';
import { DayChips } from './DayChips.tsx';
import './courts.css';

/** One place: its free times of a day, and booking one. */
export function CourtPage(): ReactNode {
  const { view } = usePhone();
  const { t, say } = useWords(view.hall.timeZone);
  const { number, day = '' } = useParams();
  const place = view.resources.find((each) => String(each.number) === number);
  if (place === undefined) {
    return (
      <Page pictogram="court" title={t('courts.title')} backTo="/courts">
        <EmptyState title={t('courts.unknown')} />
      </Page>
    );
  }
  return (
    <Page pictogram="court" title={say(place.name)} backTo={`/courts?day=${day}`}>
      <PlaceDay key={`${String(place.number)} ${day}`} place={place} day={day} />
    </Page>
  );
}

type Slot = DayView['slots'][number];

function PlaceDay({ place, day }: { place: Resource; day: string }): ReactNode {
  const { view, reachable } = usePhone();
  const { t, say, span } = useWords(view.hall.timeZone);
  const navigate = useNavigate();
  const { days, failed, retry } = useDays([place.number], day);
  const book = useAct('bookPhone');
  const cancel = useAct('cancelPhoneBooking');
  const [chosen, setChosen] = useState<string>();
  const [outcome, setOutcome] = useState<Outcome>();
  const slots = (days.get(place.number)?.slots ?? []).filter(
    (slot) => slot.state === 'free' || slot.state === 'booked',
  );
  const slot = slots.find((each) => each.startsAt === chosen && each.state === 'free');
  const pending = book.pending || cancel.pending;
  const words = (each: Slot): string => span(fromInstant(each.startsAt), fromInstant(each.endsAt));

  const doBook = async (wish: Slot): Promise<void> => {
    cancel.forget();
    setOutcome(undefined);
    const answer = await book.run({
      body: { resource: place.number, startsAt: wish.startsAt, endsAt: wish.endsAt },
    });
    setChosen(undefined);
    if (answer?.ok !== true) return;
    const { id } = answer.value.booking;
    setOutcome({
      kind: 'ok',
      title: t('courts.didBook', { name: say(place.name), span: words(wish) }),
      detail: t('courts.didBookDetail'),
      undo: () => void takeBack(id),
    });
  };
  const takeBack = async (id: string): Promise<void> => {
    setOutcome(undefined);
    const answer = await cancel.run({ params: { id } });
    if (answer?.ok === true) setOutcome({ kind: 'ok', title: t('courts.didCancel') });
  };

  return (
    <>
      <OutcomeStrip outcome={outcome} refusal={book.refusal ?? cancel.refusal} pending={pending} />
      <DayChips
        ahead={place.daysAhead}
        day={day}
        onDay={(next) => void navigate(`/courts/${String(place.number)}/${next}`, { replace: true })}
      />
      {failed ? (
        <ErrorState title={t('courts.fail')} detail={t('courts.failDetail')} onRetry={retry} />
      ) : days.size === 0 ? (
        <LoadingState />
      ) : slots.some((each) => each.state === 'free' || each.mine) ? (
        <RadioGroup
          className="stack"
          value={slot?.startsAt ?? null}
          onChange={setChosen}
          aria-label={t('courts.pick')}
        >
          <div>
            <h2 className="section-title">{t('courts.pick')}</h2>
            <p className="quiet">
              {t('courts.rule', { slot: place.slotMinutes, quota: place.dailyMinutesPerMember })}
            </p>
          </div>
          <div className="slots">
            {slots.map((each) => (
              <SlotBox key={each.startsAt} slot={each} words={words(each)} />
            ))}
          </div>
        </RadioGroup>
      ) : (
        <EmptyState pictogram="full" title={t('courts.none')} detail={t('courts.noneDetail')} />
      )}
      <div className="sticky-act stack stack--tight">
        <ActionButton
          kind="primary"
          label={slot === undefined ? t('courts.choose') : t('courts.book', { span: words(slot) })}
          isDisabled={slot === undefined || !reachable}
          isPending={pending}
          onPress={() => {
            if (slot !== undefined) void doBook(slot);
          }}
        />
        <p className="quiet">
          {reachable ? t('courts.late', { minutes: place.checkInAfter }) : t('offline.needsNetwork')}
        </p>
      </div>
    </>
  );
}

function SlotBox({ slot, words }: { slot: Slot; words: string }): ReactNode {
  const { view } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  if (slot.state === 'free') {
    return (
      <Radio value={slot.startsAt} className="slot" aria-label={t('courts.slotFree', { span: words })}>
        {words}
      </Radio>
    );
  }
  return (
    <div className={`slot slot--taken${slot.mine ? ' slot--mine' : ''}`}>
      <span>{words}</span>
      <small>{slot.mine ? t('courts.mine') : t('courts.booked')}</small>
    </div>
  );
}
