/** Life of a call for help as a table. No entry: the event changes nothing. */

export type HelpState = 'called' | 'taken' | 'ended';
export type HelpEvent = 'take' | 'end' | 'withdraw';
export type HelpEffect = 'note-who' | 'fact-helped' | 'fact-withdrawn';

export interface HelpStep {
  readonly next: HelpState;
  readonly effects: readonly HelpEffect[];
}

export const helpMachine: Readonly<Record<HelpState, Readonly<Partial<Record<HelpEvent, HelpStep>>>>> = {
  called: {
    take: { next: 'taken', effects: ['note-who'] },
    // Ended without a tap on "taken": who ends it was there.
    end: { next: 'ended', effects: ['note-who', 'fact-helped'] },
    withdraw: { next: 'ended', effects: ['fact-withdrawn'] },
  },
  taken: {
    // A colleague takes over.
    take: { next: 'taken', effects: ['note-who'] },
    end: { next: 'ended', effects: ['fact-helped'] },
    withdraw: { next: 'ended', effects: ['fact-withdrawn'] },
  },
  ended: {},
};

/** The step for an event, or undefined when it changes nothing in this state. */
export function helpStep(state: HelpState, event: HelpEvent): HelpStep | undefined {
  return helpMachine[state][event];
}
