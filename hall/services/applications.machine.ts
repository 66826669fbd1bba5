/** Life of an application as a table. `undo` and `settle` end the 10 seconds in which a decision may be taken back. */

export type ApplicationState = 'submitted' | 'deciding' | 'approved' | 'refused' | 'returned';
export type Decision = 'approved' | 'refused' | 'returned';
export type ApplicationEvent = 'decide' | 'undo' | 'settle';

export type ApplicationStep = {
  readonly next: ApplicationState | 'as-decided';
  readonly effects: readonly ('start-undo-time' | 'forget-decision' | 'fact')[];
};

export const applicationMachine: Readonly<
  Record<ApplicationState, Readonly<Partial<Record<ApplicationEvent, ApplicationStep>>>>
> = {
  submitted: { decide: { next: 'deciding', effects: ['start-undo-time'] } },
  deciding: {
    undo: { next: 'submitted', effects: ['forget-decision'] },
    settle: { next: 'as-decided', effects: ['forget-decision', 'fact'] },
  },
  approved: {},
  refused: {},
  returned: {},
};

/** The step for an event, or undefined when it is not possible in this state. */
export function applicationStep(
  state: ApplicationState,
  event: ApplicationEvent,
): ApplicationStep | undefined {
  return applicationMachine[state][event];
}
