import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { QrFigure } from '../../ui/components/QrFigure.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { useNow } from '../../ui/clock.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import { Page } from '../frame/PhoneFrame.tsx';
import { TypedCode } from '../pages/TypedCode.tsx';
import { pathOf, useThingWords } from '../pages/thing-words.ts';
import { thingOfGrant, thingsOf } from '../rules/agenda.rules.ts';
import type { Thing } from '../rules/agenda.rules.ts';
import { grantTime, movingCode } from '../rules/moving-code.rules.ts';
import { StepRing } from './StepRing.tsx';
import { useWakeLock } from './use-wake-lock.ts';
import './code.css';

/** The moving QR of one thing; it needs no network [PP3]. */
export function CodePage(): ReactNode {
  const { view } = usePhone();
  const { t } = useWords(view.hall.timeZone);
  const { grant: grantId = '' } = useParams();
  const now = useNow(1000);
  const things = thingsOf(view, now);
  const thing = thingOfGrant(things, grantId);
  const others = things.filter((each) => each !== thing && !each.over && each.grant !== undefined);
  return (
    <Page
      pictogram="scan"
      title={t(thing === undefined ? 'code.title' : TITLES[thing.kind])}
      backTo={thing === undefined ? '/' : pathOf(thing)}
    >
      {thing?.grant === undefined ? (
        <EmptyState title={t('code.none')} detail={t('code.noneDetail')} />
      ) : (
        <LiveCode thing={thing} grant={thing.grant} now={now} />
      )}
      {others.length === 0 ? null : (
        <section className="stack stack--tight">
          <h2 className="section-title">{t('code.others')}</h2>
          {others.map((each) => (
            <OtherCode key={each.id} thing={each} />
          ))}
        </section>
      )}
    </Page>
  );
}

const TITLES = { session: 'code.checkIn', booking: 'code.booking', lease: 'code.locker' } as const;

interface LiveCodeProps {
  thing: Thing;
  grant: NonNullable<Thing['grant']>;
  now: number;
}

function LiveCode({ thing, grant, now }: LiveCodeProps): ReactNode {
  const { view } = usePhone();
  const { t, when } = useWords(view.hall.timeZone);
  const { title, detail } = useThingWords(thing);
  const time = grantTime(grant, now);
  const code = time === 'over' ? undefined : movingCode(grant, now);
  useWakeLock(code !== undefined);
  return (
    <section className="stack live-code">
      <div>
        <p className="lead-sentence">{title}</p>
        <p>{detail}</p>
      </div>
      {time === 'early' ? (
        <Notice kind="attention" title={t('code.early', { time: when(fromInstant(grant.notBefore), now) })} />
      ) : null}
      {code === undefined ? (
        <Notice kind="attention" title={t('code.over')} detail={t('code.overDetail')} />
      ) : (
        <>
          <div className="live-code__qr">
            <QrFigure text={code.text} label={t('code.label', { name: title })} />
          </div>
          <div className="live-code__ring">
            <StepRing secondsLeft={code.secondsLeft} label={t('code.ring', { count: code.secondsLeft })} />
            <p>
              <strong>{t('code.moving')}</strong>
              <small>{t('code.until', { time: when(fromInstant(grant.notAfter), now) })}</small>
            </p>
          </div>
          <p className="quiet">{t('code.bright')}</p>
          {thing.kind === 'lease' ? (
            <div>
              <h2 className="section-title">{t('code.typed', { number: thing.of.compartment })}</h2>
              <TypedCode digits={thing.of.digits} />
            </div>
          ) : null}
        </>
      )}
    </section>
  );
}

function OtherCode({ thing }: { thing: Thing }): ReactNode {
  const { title, detail } = useThingWords(thing);
  const navigate = useNavigate();
  return (
    <ActionButton
      kind="quiet"
      pictogram="scan"
      label={title}
      hint={detail}
      onPress={() => void navigate(`/code/${thing.grant?.grantId ?? ''}`, { replace: true })}
    />
  );
}
