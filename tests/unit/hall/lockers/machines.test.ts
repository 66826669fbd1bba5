import { describe, expect, it } from 'vitest';
import { doorEvents, doorMachine, doorStates, pendingStates } from '../../../../hall/lockers/door.machine.ts';
import { actsOf, leaseEvents, leaseMachine, leaseStates } from '../../../../hall/lockers/lease.machine.ts';

const doorCells = doorStates.flatMap((state) =>
  doorEvents.map((event) => ({ state, event, cell: doorMachine[state][event] })),
);
const leaseCells = leaseStates.flatMap((state) =>
  leaseEvents.map((event) => ({ state, event, cell: leaseMachine[state][event] })),
);

describe('door table', () => {
  it('[LK21] has a cell for every state and event, leading to a known state', () => {
    expect(doorCells).toHaveLength(7 * 9);
    for (const { cell } of doorCells) expect(doorStates).toContain(cell.next);
  });

  it('[LK6] has no effect that commands a door, and never goes back to intended or sent', () => {
    for (const { state, event, cell } of doorCells) {
      for (const effect of cell.effects) expect(effect).not.toMatch(/unlock|^open|send/);
      if (cell.next === 'intended' || cell.next === 'sent')
        expect([state, event]).toEqual([state, state === 'intended' && event === 'sent' ? 'sent' : event]);
      if (!pendingStates.includes(state)) expect(pendingStates).not.toContain(cell.next);
    }
  });

  it.each(pendingStates)(
    '[LK7] %s: every outcome, time-out and restart ends the command with one outcome',
    (state) => {
      const expected = {
        'outcome-done': 'opened',
        'outcome-refused': 'refused',
        'outcome-failed': 'failed',
        'outcome-unknown': 'unknown',
        'timed-out': 'unknown',
        restarted: 'unknown',
      } as const;
      for (const [event, next] of Object.entries(expected) as [keyof typeof expected, string][]) {
        expect(doorMachine[state][event].next).toBe(next);
        expect(doorMachine[state][event].effects).toContain('record-ended');
      }
    },
  );

  it('[LK7] an outcome after the end is noted and never recorded a second time', () => {
    for (const { state, event, cell } of doorCells)
      if (['refused', 'failed', 'unknown'].includes(state) && event.startsWith('outcome-')) {
        expect(cell.effects).toContain('note-late');
        expect(cell.effects).not.toContain('record-ended');
      }
  });

  it('[LK18] whatever is unknown is asked, and the sensor decides', () => {
    for (const { state, event, cell } of doorCells)
      if (cell.next === 'unknown' && state !== 'unknown')
        expect([event, cell.effects.includes('ask-board')]).toEqual([event, true]);
    expect(doorMachine.unknown['seen-open'].next).toBe('opened');
    expect(doorMachine.unknown['seen-closed'].next).toBe('failed');
  });

  it('[LK3] only a door that was open can close a lease, and a closed opening stays closed', () => {
    for (const { state, event, cell } of doorCells)
      if (cell.effects.includes('lease-closed')) expect([state, event]).toEqual(['opened', 'seen-closed']);
    for (const event of doorEvents) expect(doorMachine.closed[event].next).toBe('closed');
  });

  it('[LK2] whatever may have opened marks the lease as used', () => {
    for (const { state, cell } of doorCells) {
      if (cell.next === 'opened' && state !== 'opened') expect(cell.effects).toContain('lease-opened');
      if (cell.next === 'unknown' && state !== 'unknown')
        expect(cell.effects).toContain('lease-maybe-opened');
    }
  });
});

describe('lease table', () => {
  it('[LK21] has a cell for every state and event, leading to a known state', () => {
    expect(leaseCells).toHaveLength(4 * 10);
    for (const { cell } of leaseCells) expect(leaseStates).toContain(cell.next);
  });

  it('[LK3] a lease in use ends only emptied or by staff', () => {
    for (const { state, event, cell } of leaseCells)
      if ((state === 'active' || state === 'finishing') && cell.next === 'ended')
        expect([state, event]).toEqual(
          event === 'emptied' ? ['finishing', 'emptied'] : [state, 'staff-ended'],
        );
  });

  it('[LK3] ended is the end, and every way there but from ended records one fact', () => {
    for (const { state, cell } of leaseCells) {
      if (state === 'ended') expect(cell).toEqual({ next: 'ended', effects: [] });
      else
        expect(cell.effects.filter((effect) => effect.startsWith('record-ended'))).toHaveLength(
          cell.next === 'ended' ? 1 : 0,
        );
    }
  });

  it('[LK2] only a made lease becomes active, with a fact', () => {
    for (const { state, event, cell } of leaseCells)
      expect(cell.effects.includes('record-activated')).toBe(
        state === 'made' && (event === 'used' || event === 'finish-intended'),
      );
  });

  it('[LK1] offers finish only where things may be inside, and nothing while a finishing door is on its way', () => {
    expect(actsOf('made', false)).toEqual(['open']);
    expect(actsOf('made', true)).toEqual(['open', 'finish']);
    expect(actsOf('active', true)).toEqual(['open', 'finish']);
    expect(actsOf('finishing', true)).toEqual([]);
    expect(actsOf('ended', true)).toEqual([]);
  });
});
