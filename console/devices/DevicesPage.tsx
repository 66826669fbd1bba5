import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { Table } from '../../ui/components/Table.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { deviceKind, useSensorPlace, useTroubleWords } from '../board/trouble-words.ts';
import { useWords } from '../board/words.ts';
import { normalCount, notNormal } from '../rules/attention.rules.ts';
import type { Device } from '../rules/attention.rules.ts';
import { CardsPanel } from '../cards/CardsPanel.tsx';
import { LineFigures } from './LineFigures.tsx';
import { KioskList } from './KioskList.tsx';
import './devices.css';

const ORDER: Record<Device['state'], number> = { fault: 0, offline: 1, never: 2, online: 3 };

/** Every device with its state, since when, and what a person does about it; troubles first [CN5]. */
export function DevicesPage(): ReactNode {
  const { t, say, lasting } = useWords();
  const desk = useDesk();
  const now = useHallNow();
  const words = useTroubleWords();
  const placeOf = useSensorPlace();
  const troubles = notNormal(desk);
  const good = normalCount(desk);
  const doors = troubles.filter((each) => each.kind === 'door');
  return (
    <div className="devices">
      <section>
        <div className="page-head">
          <h1>{t('devices.title')}</h1>
          <p>
            {troubles.length === 0
              ? t('devices.allGood', { good })
              : t('devices.summary', { bad: troubles.length, good })}
          </p>
          {desk.staff.role === 'manager' ? (
            <>
              <Link className="desk-link" to="/commissioning">
                {t('commission.link')}
              </Link>
              <Link className="desk-link" to="/rights">
                {t('rights.link')}
              </Link>
            </>
          ) : null}
        </div>
        {doors.length === 0 ? null : (
          <ul className="devices__doors">
            {doors.map((trouble) => {
              const { name, what, advice } = words(trouble);
              return (
                <li key={trouble.id} className="line">
                  <Link className="desk-link" to={`/places?door=${String(trouble.door.compartment.number)}`}>
                    {name}
                  </Link>
                  <span>{advice}</span>
                  <span className="line__end">
                    <StateMark state="attention" word={what} />
                  </span>
                </li>
              );
            })}
          </ul>
        )}
        <Table
          caption={t('devices.list')}
          rows={[...desk.devices].sort((a, b) => ORDER[a.state] - ORDER[b.state])}
          rowKey={(device) => device.id}
          empty={t('devices.empty')}
          columns={[
            {
              id: 'device',
              title: t('devices.device'),
              cell: (device) => (
                <span className="two">
                  <strong>
                    {t(`devices.kind.${deviceKind(device.kind)}`)} {placeOf(device.id)}
                  </strong>
                  <small>{device.id}</small>
                </span>
              ),
            },
            {
              id: 'state',
              title: t('devices.state'),
              cell: (device) => (
                <StateMark
                  state={
                    device.state === 'online' ? 'ok' : device.state === 'never' ? 'unknown' : 'attention'
                  }
                  word={t(`devices.states.${device.state}`)}
                />
              ),
            },
            {
              id: 'since',
              title: t('devices.since'),
              cell: (device) => (device.since === null ? '—' : lasting(device.since, now)),
            },
            {
              id: 'advice',
              title: t('devices.advice'),
              cell: (device) => (
                <>
                  {device.advice === null ? (
                    <span className="desk-quiet">{t('devices.fine')}</span>
                  ) : (
                    say(device.advice)
                  )}
                  {device.line === undefined ? null : <LineFigures line={device.line} />}
                </>
              ),
            },
          ]}
        />
      </section>
      <CardsPanel />
      <KioskList />
    </div>
  );
}
