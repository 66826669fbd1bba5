import { useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { CommissioningView } from '../../contract/commissioning.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { ErrorState, LoadingState } from '../../ui/components/Waiting.tsx';
import { useWords } from '../board/words.ts';
import { ReasonDialog } from '../frame/ReasonDialog.tsx';
import { isLive } from './commissioning.rules.ts';
import { SessionView } from './SessionView.tsx';
import { useCommissioning } from './use-commissioning.ts';
import './commissioning.css';

type Gateway = CommissioningView['gateways'][number];
type Line = Gateway['lines'][number];

/** Lockers are commissioned at the desk: a line is chosen, and the gateway's wizard is answered [CN19]. */
export function CommissioningPage(): ReactNode {
  const { t, sayRefusal } = useWords();
  const work = useCommissioning();
  const [chosen, setChosen] = useState<{ gateway: string; line: Line }>();
  const { query, refusal } = work;
  if (query.data === undefined)
    return query.error === null ? (
      <LoadingState title={t('commission.loading')} />
    ) : (
      <ErrorState
        title={t('commission.failedToRead')}
        detail={sayRefusal(query.error.refusal)}
        onRetry={() => void query.refetch()}
      />
    );
  const { gateways } = query.data;
  return (
    <div className="commission">
      <div className="page-head">
        <h1>{t('commission.title')}</h1>
        <p>{t('commission.intro')}</p>
        <Link className="desk-link" to="/devices">
          {t('rights.back')}
        </Link>
      </div>
      {refusal === undefined || chosen !== undefined ? null : (
        <Notice kind="attention" title={t('failedTitle')} detail={sayRefusal(refusal)} />
      )}
      {gateways.length === 0 ? <p className="desk-quiet">{t('commission.noGateway')}</p> : null}
      {gateways.map((gateway) => (
        <section key={gateway.id} aria-label={gateway.id}>
          {gateway.online ? null : <Notice kind="attention" title={t('commission.away')} />}
          {gateway.session === undefined ? null : (
            <SessionView
              session={gateway.session}
              busy={work.busy || !gateway.online}
              onAnswer={(number, answer) => void work.answer(gateway.session?.session ?? '', number, answer)}
              onStop={() => void work.stop(gateway.session?.session ?? '')}
            />
          )}
          {gateway.online && !(gateway.session !== undefined && isLive(gateway.session)) ? (
            <Lines
              gateway={gateway}
              onChoose={(line) => {
                work.forget();
                setChosen({ gateway: gateway.id, line });
              }}
            />
          ) : null}
        </section>
      ))}
      {chosen === undefined ? null : (
        <ReasonDialog
          title={t('commission.beginTitle')}
          text={[
            chosen.line.devices.length === 0
              ? t('commission.beginFree')
              : t('commission.beginText', { devices: chosen.line.devices.join(t('commission.and')) }),
            ...(chosen.line.inUse.length === 0
              ? []
              : [t('commission.inUse', { doors: chosen.line.inUse.join(t('commission.and')) })]),
          ].join(' ')}
          confirm={t('commission.begin')}
          quick={[t('commission.reasons.new'), t('commission.reasons.board'), t('commission.reasons.wires')]}
          maxLength={200}
          refusal={refusal}
          onConfirm={(reason) => {
            void work.start(chosen.gateway, chosen.line.key, reason).then((ok) => {
              if (ok) setChosen(undefined);
            });
          }}
          onCancel={() => {
            work.forget();
            setChosen(undefined);
          }}
        />
      )}
    </div>
  );
}

function Lines({ gateway, onChoose }: { gateway: Gateway; onChoose: (line: Line) => void }): ReactNode {
  const { t } = useWords();
  return (
    <>
      <h2>{t('commission.lines')}</h2>
      {gateway.lines.length === 0 ? <p className="desk-quiet">{t('commission.noLine')}</p> : null}
      <ul className="commission__lines">
        {gateway.lines.map((line) => (
          <li key={line.key}>
            <span className="commission__line">
              <strong>
                {line.devices.length === 0
                  ? t('commission.freePort')
                  : line.devices.join(t('commission.and'))}
              </strong>
              <small>{line.key}</small>
              {line.inUse.length === 0 ? null : (
                <small>{t('commission.rented', { doors: line.inUse.join(t('commission.and')) })}</small>
              )}
              {line.kept ? <small>{t('commission.kept')}</small> : null}
            </span>
            <ActionButton
              label={t('commission.choose')}
              onPress={() => {
                onChoose(line);
              }}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
