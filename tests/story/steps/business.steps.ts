import type { DraftView } from '../../../contract/hall-api.ts';
import type { Answers, ServiceField, ServicePage } from '../../../contract/services.ts';
import { expectOk } from '../../../simulators/people/api-client.ts';
import { mustBe } from '../run.ts';
import type { Step } from '../run.ts';
import { until } from '../world.ts';
import type { World } from '../world.ts';

/** A made-up resident ID whose check digit is right (GB 11643). */
const RESIDENT_ID = '11010519491231002X';

/** Point 7, still with the internet cut. */
export const businessSteps: readonly Step<World>[] = [
  {
    name: 'business: joining the union, page by page; what is sensitive comes back as a mask only',
    run: async (world) => {
      const { draft, receipt } = await apply(world, 'join-union');
      const hidden = Object.keys(draft.masked);
      if (hidden.length === 0) throw new Error('no sensitive answer was sealed');
      if (JSON.stringify(draft.answers).includes(RESIDENT_ID)) throw new Error('the ID came back in clear');
      world.notes['join'] = receipt.number;
      world.notes['joinCode'] = receipt.queryCode;
      return { number: receipt.number, deadline: receipt.deadline, masked: draft.masked };
    },
  },
  {
    name: 'business: feedback handed in and decided by staff at the desk; the kiosk tells',
    run: async (world) => {
      const { receipt } = await apply(world, 'feedback');
      const before = await expectOk(
        world.kiosk1.api.call('progress', { body: { number: receipt.number, queryCode: receipt.queryCode } }),
      );
      mustBe('state before', before.state, 'submitted');
      mustBe('sent to central while the internet is cut', before.sentToCentral, false);
      const desk = await expectOk(world.desk.call('desk', {}));
      const open = desk.applications.find((each) => each.number === receipt.number);
      if (open === undefined) throw new Error(`the desk does not show ${receipt.number}`);
      await expectOk(
        world.desk.call('decide', {
          params: { id: open.applicationId },
          body: { decision: 'approved', reason: '' },
        }),
      );
      const after = await until('the decision at the kiosk', 15_000, async () => {
        const view = await expectOk(
          world.kiosk1.api.call('progress', {
            body: { number: receipt.number, queryCode: receipt.queryCode },
          }),
        );
        return view.state === 'approved' ? view : undefined;
      });
      world.notes['feedback'] = receipt.number;
      world.notes['feedbackCode'] = receipt.queryCode;
      return { number: receipt.number, state: after.state, decidedAt: after.decidedAt };
    },
  },
];

async function apply({ kiosk1 }: World, service: string) {
  const started = await expectOk(kiosk1.api.call('startDraft', { body: { service } }));
  let draft: DraftView = started.draft;
  const definition = draft.service;
  const given: Answers = {};
  for (const page of definition.pages) {
    if (!isShown(page, given)) continue;
    const answers = Object.fromEntries(page.fields.map((field) => [field.id, answerTo(field)]));
    Object.assign(given, answers);
    draft = await expectOk(
      kiosk1.api.call('answerDraft', { params: { id: draft.draftId }, body: { page: page.id, answers } }),
    );
    for (const field of page.fields) {
      const fault = draft.faults[field.id];
      if (fault !== undefined) throw new Error(`${field.id} was refused: ${fault.zh}`);
    }
  }
  draft = await expectOk(kiosk1.api.call('resumeDraft', { body: { resumeCode: started.resumeCode } }));
  const receipt = await expectOk(kiosk1.api.call('submitDraft', { params: { id: draft.draftId } }));
  return { draft, receipt };
}

function isShown(page: ServicePage, given: Answers): boolean {
  return page.when === undefined || page.when.in.includes(String(given[page.when.field] ?? ''));
}

function answerTo(field: ServiceField): string | boolean {
  switch (field.kind) {
    case 'confirm':
      return true;
    case 'choice':
      return field.options[0]?.value ?? '';
    case 'date':
      return '2026-01-05';
    case 'text':
      switch (field.check) {
        case 'resident-id':
          return RESIDENT_ID;
        case 'mobile':
          return '13800000009';
        case 'credit-code':
          return '91350100M000100Y43';
        case 'person-name':
          return '赵德明';
        case 'none':
          return '二楼水房的灯坏了'.slice(0, field.maxLength);
      }
  }
}
