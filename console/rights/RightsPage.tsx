import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { BusView } from '../../contract/hall-api.ts';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { Table } from '../../ui/components/Table.tsx';
import { ErrorState, LoadingState } from '../../ui/components/Waiting.tsx';
import { RefusalError, useDeskApi } from '../board/desk-api.ts';
import { useWords } from '../board/words.ts';
import './rights.css';

type Client = BusView['clients'][number];

const REFETCH_MS = 5_000;

/** Who may say and hear what among the hall's devices: read from the table the broker follows [CN18]. */
export function RightsPage(): ReactNode {
  const { t, sayRefusal } = useWords();
  const api = useDeskApi();
  const query = useQuery<BusView, RefusalError>({
    queryKey: ['desk-bus'],
    queryFn: async () => {
      const answer = await api.call('bus', {});
      if (!answer.ok) throw new RefusalError(answer.refusal);
      return answer.value;
    },
    retry: false,
    networkMode: 'always',
    refetchInterval: REFETCH_MS,
  });
  if (query.data === undefined)
    return query.error === null ? (
      <LoadingState title={t('rights.loading')} />
    ) : (
      <ErrorState
        title={t('rights.failed')}
        detail={sayRefusal(query.error.refusal)}
        onRetry={() => void query.refetch()}
      />
    );
  const { broker, clients } = query.data;
  return (
    <div className="rights">
      <div className="page-head">
        <h1>{t('rights.title')}</h1>
        <p>{t(`rights.broker.${broker}`)}</p>
        <Link className="desk-link" to="/devices">
          {t('rights.back')}
        </Link>
      </div>
      <Table
        caption={t('rights.list')}
        rows={clients}
        rowKey={(client) => client.id}
        empty={t('rights.empty')}
        columns={[
          {
            id: 'who',
            title: t('rights.who'),
            cell: (client) => (
              <span className="two">
                <strong>{t(`rights.role.${client.role}`)}</strong>
                <small>{client.id}</small>
              </span>
            ),
          },
          { id: 'now', title: t('rights.now'), cell: (client) => <Connected client={client} /> },
          {
            id: 'says',
            title: t('rights.says'),
            cell: (client) => (
              <Filters
                list={client.publish.map(
                  ({ filter, retain }) => `${filter}${retain ? ` ${t('rights.retain')}` : ''}`,
                )}
              />
            ),
          },
          { id: 'hears', title: t('rights.hears'), cell: (client) => <Filters list={client.subscribe} /> },
        ]}
      />
      <p className="desk-quiet">{t('rights.rest')}</p>
    </div>
  );
}

function Connected({ client }: { client: Client }): ReactNode {
  const { t } = useWords();
  if (client.connected === null) return <StateMark state="unknown" quiet word={t('rights.notKnown')} />;
  return client.connected ? (
    <StateMark state="ok" quiet word={t('rights.connected')} />
  ) : (
    <StateMark state="attention" quiet word={t('rights.away')} />
  );
}

/** Topic filters as they are: whoever reads this page looks for exactly these. */
function Filters({ list }: { list: readonly string[] }): ReactNode {
  const { t } = useWords();
  if (list.length === 0) return <span className="desk-quiet">{t('rights.nothing')}</span>;
  return (
    <ul className="rights__filters">
      {list.map((filter) => (
        <li key={filter}>{filter}</li>
      ))}
    </ul>
  );
}
