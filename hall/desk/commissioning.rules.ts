import type { CommissioningSession } from '../../contract/commissioning.ts';
import type { OutcomeReason } from '../../contract/messages.ts';
import type { RefusalCode } from '../../contract/refusals.ts';

/** What the desk says of a commissioning in the gateway. Pure. */

export interface Opening {
  readonly compartment: number;
  readonly board: number;
  readonly lock: number;
}

/** The lock that this answer gives one pulse, if any: known before it leaves, so that it is in the audit first [DK23]. */
export function openingOf(
  session: CommissioningSession,
  question: number,
  answer: string,
): Opening | undefined {
  const asked = session.question;
  if (asked?.number !== question) return undefined;
  const typed = answer.trim().toLowerCase();
  const opens =
    asked.word === 'prove' ? typed !== 's' && typed !== 'f' : asked.word === 'openOne' && typed === 'y';
  if (!opens) return undefined;
  const { compartment, address, lock } = asked.values;
  return { compartment: Number(compartment), board: Number(address), lock: Number(lock) };
}

/** Why the gateway did not do it, as a refusal that says who must act. */
export function refusalOf(reason: OutcomeReason | undefined): RefusalCode {
  switch (reason) {
    case 'busy':
      return 'commissioning-busy';
    case 'no-session':
      return 'commissioning-over';
    case 'not-asked':
      return 'commissioning-answered';
    case 'unknown-line':
      return 'commissioning-line-unknown';
    default:
      return 'commissioning-gateway-silent';
  }
}
