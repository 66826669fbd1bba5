import { z } from 'zod';
import { Words } from './ids.ts';

/**
 * A service as data: one JSON file, pages of one question each, shown by kiosk,
 * phone and desk without new code.
 */

export const FieldCheck = z.enum(['none', 'resident-id', 'mobile', 'credit-code', 'person-name']);

const field = {
  id: z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/),
  label: Words,
  hint: Words.optional(),
  required: z.boolean(),
  /** Sealed to central's key on receipt; the hall keeps a keyed hash and the mask. */
  sensitive: z.boolean(),
};

export const ServiceField = z.discriminatedUnion('kind', [
  z.object({
    ...field,
    kind: z.literal('text'),
    maxLength: z.number().int().min(1).max(2000),
    multiline: z.boolean(),
    check: FieldCheck,
  }),
  z.object({
    ...field,
    kind: z.literal('choice'),
    options: z
      .array(z.object({ value: z.string(), label: Words }))
      .min(2)
      .max(12),
  }),
  z.object({ ...field, kind: z.literal('date'), notAfterToday: z.boolean() }),
  z.object({ ...field, kind: z.literal('confirm') }),
]);
export type ServiceField = z.infer<typeof ServiceField>;

/** Show a page only when an earlier answer has one of these values. */
export const ShowWhen = z.object({ field: z.string(), in: z.array(z.string()).min(1) });

export const ServicePage = z.object({
  id: z.string().min(1),
  question: Words,
  help: Words.optional(),
  fields: z.array(ServiceField).min(1).max(3),
  when: ShowWhen.optional(),
});
export type ServicePage = z.infer<typeof ServicePage>;

export const ServiceDefinition = z
  .object({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
    version: z.number().int().min(1),
    name: Words,
    summary: Words,
    /** Pictogram name of the user interface. */
    pictogram: z.string(),
    papers: z.array(Words),
    steps: z.array(Words).min(1),
    /** Working days until the decision. */
    workingDays: z.number().int().min(0).max(120),
    /** Who handles it: shown to the person. */
    handler: Words,
    anonymousAllowed: z.boolean(),
    pages: z.array(ServicePage).min(1).max(20),
  })
  .superRefine((service, context) => {
    const seen = new Set<string>();
    for (const page of service.pages) {
      if (page.when !== undefined && !seen.has(page.when.field)) {
        context.addIssue({
          code: 'custom',
          message: `page ${page.id} depends on ${page.when.field}, which no earlier page asks`,
        });
      }
      for (const each of page.fields) {
        if (seen.has(each.id))
          context.addIssue({ code: 'custom', message: `field ${each.id} is asked twice` });
        seen.add(each.id);
      }
    }
  });
export type ServiceDefinition = z.infer<typeof ServiceDefinition>;

export const Answer = z.union([z.string().max(4000), z.boolean()]);
export type Answer = z.infer<typeof Answer>;
export const Answers = z.record(z.string(), Answer);
export type Answers = z.infer<typeof Answers>;
