import type { Commissioned } from './wizard.ts';
import { say } from './words.ts';
import type { Language } from './words.ts';

/** The report an installer keeps: every door with what was seen. */
export function reportOf(done: Commissioned, language: Language, at: string): string {
  const lines = done.doors.map((door) =>
    say(language, 'result', {
      compartment: door.number,
      address: door.board,
      lock: door.lock,
      result: say(language, door.result),
    }),
  );
  return [
    `${say(language, 'report')} ${at}`,
    `${done.id}: ${done.definition.maker} ${done.definition.model}`,
    ...lines,
  ].join('\n');
}
