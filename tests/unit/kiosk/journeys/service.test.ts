import { describe, expect, test } from 'vitest';
import { createActor, fromPromise, waitFor } from 'xstate';
import type { DraftView, Receipt } from '../../../../contract/hall-api.ts';
import { accepted, refused } from '../../../../contract/refusals.ts';
import type { Result } from '../../../../contract/refusals.ts';
import type { Answers, ServiceDefinition } from '../../../../contract/services.ts';
import { serviceMachine } from '../../../../kiosk/journeys/service.machine.ts';
import type { PageAnswers } from '../../../../kiosk/journeys/service.machine.ts';
import {
  answerWords,
  firstGap,
  pageAfter,
  pageBefore,
  shownPages,
} from '../../../../kiosk/journeys/service-pages.rules.ts';

const words = (text: string) => ({ zh: text, en: text });
const text = (id: string, required: boolean, sensitive = false) => ({
  id,
  label: words(id),
  required,
  sensitive,
  kind: 'text' as const,
  maxLength: 40,
  multiline: false,
  check: 'none' as const,
});
const service: ServiceDefinition = {
  id: 'sample',
  version: 1,
  name: words('sample'),
  summary: words('sample'),
  pictogram: 'service',
  papers: [],
  steps: [words('step')],
  workingDays: 5,
  handler: words('desk'),
  anonymousAllowed: false,
  pages: [
    {
      id: 'kind',
      question: words('kind?'),
      fields: [
        {
          id: 'kind',
          label: words('kind'),
          required: true,
          sensitive: false,
          kind: 'choice',
          options: [
            { value: 'broken', label: words('Broken') },
            { value: 'idea', label: words('Idea') },
          ],
        },
      ],
    },
    {
      id: 'place',
      question: words('where?'),
      when: { field: 'kind', in: ['broken'] },
      fields: [text('place', true)],
    },
    {
      id: 'floor',
      question: words('floor?'),
      when: { field: 'place', in: ['x'] },
      fields: [text('floor', true)],
    },
    { id: 'secret', question: words('id?'), fields: [text('secret', true, true)] },
  ],
};

/** A hall that keeps answers, seals what is sensitive and finds fault with "bad". */
function hall() {
  let answers: Answers = {};
  let masked: Record<string, string> = {};
  let line: 'ok' | 'cut' | 'gone' = 'ok';
  const seen: PageAnswers[] = [];
  const view = (page: string, faults: DraftView['faults'] = {}): DraftView => ({
    draftId: '11111111-1111-4111-8111-111111111111',
    service,
    answers,
    masked,
    faults,
    page,
  });
  const receipt: Receipt = {
    applicationId: '11111111-1111-4111-8111-111111111111',
    number: 'H1-20261124-0001',
    queryCode: '123456',
    service: service.name,
    submittedAt: '2026-11-24T06:00:00.000Z',
    deadline: '2026-12-01T15:59:59.999Z',
    handler: service.handler,
    steps: service.steps,
    slip: { lines: [{ kind: 'rule' }] },
  };
  const answer = ({ input }: { input: PageAnswers }): Promise<Result<DraftView>> => {
    seen.push(input);
    if (line === 'cut') return Promise.resolve(refused('part-unavailable'));
    if (line === 'gone') return Promise.resolve(refused('draft-unknown'));
    const faults: Record<string, { zh: string; en: string }> = {};
    for (const [id, value] of Object.entries(input.answers)) {
      if (value === 'bad' || value === '') faults[id] = words('say it better');
      else if (id === 'secret') masked = { ...masked, secret: '••1234' };
      else answers = { ...answers, [id]: value };
    }
    return Promise.resolve(accepted(view(input.page, faults)));
  };
  const actor = createActor(
    serviceMachine.provide({
      actors: {
        start: fromPromise(() => Promise.resolve(accepted({ draft: view('kind'), resumeCode: 'ACDEFGHJ' }))),
        resume: fromPromise(() => Promise.resolve(accepted(view('place')))),
        answer: fromPromise(answer),
        submit: fromPromise(() => Promise.resolve(accepted(receipt))),
      },
    }),
  ).start();
  return {
    actor,
    seen,
    set line(next: typeof line) {
      line = next;
    },
  };
}

const settled = (actor: ReturnType<typeof hall>['actor']) =>
  waitFor(
    actor,
    (at) => at.matches('page') || at.matches('review') || at.matches('lost') || at.matches('kept'),
  );

async function begun() {
  const made = hall();
  made.actor.send({ type: 'pick', service: 'sample' });
  made.actor.send({ type: 'begin' });
  await settled(made.actor);
  return made;
}

describe('pages of a service', () => {
  test('[KB4] a page is asked when its condition is met, and not by way of a page that is not asked', () => {
    const ids = (answers: Answers) => shownPages(service, answers).map((page) => page.id);
    expect(ids({})).toEqual(['kind', 'secret']);
    expect(ids({ kind: 'broken' })).toEqual(['kind', 'place', 'secret']);
    expect(ids({ kind: 'broken', place: 'x' })).toEqual(['kind', 'place', 'floor', 'secret']);
    // An answer left over from before does not open a page of its own.
    expect(ids({ kind: 'idea', place: 'x' })).toEqual(['kind', 'secret']);
    expect(pageAfter(service, { kind: 'idea' }, 'kind')).toBe('secret');
    expect(pageAfter(service, { kind: 'idea' }, 'secret')).toBe('review');
    expect(pageBefore(service, { kind: 'broken' }, 'secret')).toBe('place');
    expect(pageBefore(service, {}, 'kind')).toBeUndefined();
  });

  test('[KB5] the first gap is what has become due; without one it is the review', () => {
    const masked = { secret: '••1234' };
    expect(firstGap(service, { answers: { kind: 'idea' }, masked })).toBe('review');
    expect(firstGap(service, { answers: { kind: 'broken' }, masked })).toBe('place');
    expect(firstGap(service, { answers: { kind: 'idea' }, masked: {} })).toBe('secret');
  });

  test('answers in words: the label, the mask, and nothing for nothing', () => {
    const [kind, , , secret] = service.pages.flatMap((page) => page.fields);
    const answered = { answers: { kind: 'idea' }, masked: { secret: '••1234' } };
    expect(kind && answerWords(kind, answered, 'en')).toBe('Idea');
    expect(secret && answerWords(secret, answered, 'en')).toBe('••1234');
    expect(kind && answerWords(kind, { answers: {}, masked: {} }, 'en')).toBeUndefined();
  });
});

describe('handling business', () => {
  test('[KB3] back keeps what was typed, also what the hall has not seen', async () => {
    const { actor } = await begun();
    actor.send({ type: 'type', field: 'kind', value: 'broken' });
    actor.send({ type: 'next' });
    await settled(actor);
    actor.send({ type: 'type', field: 'place', value: 'half a wor' });
    actor.send({ type: 'back' });
    expect(actor.getSnapshot().context.page).toBe('kind');
    actor.send({ type: 'next' });
    await settled(actor);
    expect(actor.getSnapshot().context).toMatchObject({ page: 'place', typed: { place: 'half a wor' } });
  });

  test('[KB3] a fault keeps the page and the text, and counts up so that the summary speaks again', async () => {
    const { actor } = await begun();
    actor.send({ type: 'type', field: 'kind', value: 'bad' });
    actor.send({ type: 'next' });
    await settled(actor);
    expect(actor.getSnapshot().context).toMatchObject({ page: 'kind', tries: 1, typed: { kind: 'bad' } });
    expect(Object.keys(actor.getSnapshot().context.faults)).toEqual(['kind']);
    actor.send({ type: 'type', field: 'kind', value: 'idea' });
    expect(actor.getSnapshot().context.faults).toEqual({});
  });

  test('[KB6] a sensitive answer leaves the page once stored, and can be typed again', async () => {
    const { actor } = await begun();
    actor.send({ type: 'type', field: 'kind', value: 'idea' });
    actor.send({ type: 'next' });
    await settled(actor);
    actor.send({ type: 'type', field: 'secret', value: '110105194912310021234' });
    actor.send({ type: 'next' });
    await waitFor(actor, (at) => at.matches('review'));
    expect(JSON.stringify(actor.getSnapshot().context)).not.toContain('110105194912310021234');
    actor.send({ type: 'change', page: 'secret' });
    actor.send({ type: 'retype', field: 'secret' });
    expect(actor.getSnapshot().context).toMatchObject({ retyping: ['secret'], typed: { secret: '' } });
  });

  test('[KB5] [KB6] a change that opens a page leads there, else to the review; handed in, no answer is left', async () => {
    const { actor } = await begun();
    actor.send({ type: 'type', field: 'kind', value: 'idea' });
    actor.send({ type: 'next' });
    await settled(actor);
    actor.send({ type: 'type', field: 'secret', value: 'abcd' });
    actor.send({ type: 'next' });
    await waitFor(actor, (at) => at.matches('review'));
    actor.send({ type: 'change', page: 'kind' });
    actor.send({ type: 'type', field: 'kind', value: 'broken' });
    actor.send({ type: 'next' });
    await settled(actor);
    expect(actor.getSnapshot().context.page).toBe('place');
    actor.send({ type: 'type', field: 'place', value: 'tea room' });
    actor.send({ type: 'next' });
    await waitFor(actor, (at) => at.matches('review'));
    actor.send({ type: 'submit' });
    const done = await waitFor(actor, (at) => at.matches('receipt'));
    expect(done.context.receipt?.number).toBe('H1-20261124-0001');
    expect(done.context.draft).toBeUndefined();
    expect(JSON.stringify(done.context)).not.toContain('tea room');
  });

  test('a cut line keeps the page and its text; a draft that is gone is said', async () => {
    const made = await begun();
    const { actor } = made;
    made.line = 'cut';
    actor.send({ type: 'type', field: 'kind', value: 'idea' });
    actor.send({ type: 'next' });
    await settled(actor);
    expect(actor.getSnapshot().context).toMatchObject({
      page: 'kind',
      typed: { kind: 'idea' },
      refusal: { code: 'part-unavailable' },
    });
    made.line = 'gone';
    actor.send({ type: 'next' });
    expect((await settled(actor)).matches('lost')).toBe(true);
  });

  test('saved for later: stored, the code shown, and on again where one was', async () => {
    const { actor, seen } = await begun();
    actor.send({ type: 'type', field: 'kind', value: 'broken' });
    actor.send({ type: 'next' });
    await settled(actor);
    actor.send({ type: 'type', field: 'place', value: 'tea room' });
    actor.send({ type: 'keep' });
    const kept = await waitFor(actor, (at) => at.matches('kept'));
    expect(kept.context.resumeCode).toBe('ACDEFGHJ');
    expect(seen.at(-1)).toMatchObject({ page: 'place', answers: { place: 'tea room' } });
    actor.send({ type: 'next' });
    expect(actor.getSnapshot().context.page).toBe('place');
  });
});
