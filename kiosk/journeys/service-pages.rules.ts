import type {
  Answer,
  Answers,
  ServiceDefinition,
  ServiceField,
  ServicePage,
} from '../../contract/services.ts';

/** Which pages of a service a person sees, in which order, and what is still missing. Pure. */

/** What has been answered so far; a sensitive answer is known by its mask only. */
export interface Answered {
  readonly answers: Answers;
  readonly masked: Readonly<Record<string, string>>;
}

/** Pages shown with these answers; a condition on an answer of a hidden page is not met [KB4]. */
export function shownPages(service: ServiceDefinition, answers: Answers): ServicePage[] {
  const asked = new Set<string>();
  return service.pages.filter((page) => {
    const { when } = page;
    if (when !== undefined && !(asked.has(when.field) && when.in.includes(String(answers[when.field] ?? ''))))
      return false;
    for (const field of page.fields) asked.add(field.id);
    return true;
  });
}

/** A required answer that is not there yet. */
export function isMissing(field: ServiceField, { answers, masked }: Answered): boolean {
  if (!field.required || masked[field.id] !== undefined) return false;
  const value = answers[field.id];
  return value === undefined || value === '' || value === false;
}

/** The page after `page`, or `review` when it was the last. */
export function pageAfter(service: ServiceDefinition, answers: Answers, page: string): string {
  const pages = shownPages(service, answers);
  return pages[pages.findIndex((each) => each.id === page) + 1]?.id ?? 'review';
}

/** The page before `page`, or undefined on the first one. From the review it is the last page. */
export function pageBefore(service: ServiceDefinition, answers: Answers, page: string): string | undefined {
  const pages = shownPages(service, answers);
  if (page === 'review') return pages.at(-1)?.id;
  return pages[pages.findIndex((each) => each.id === page) - 1]?.id;
}

/** Where one goes after changing an answer from the review: to what has become missing, else back to it [KB5]. */
export function firstGap(service: ServiceDefinition, answered: Answered): string {
  const page = shownPages(service, answered.answers).find((each) =>
    each.fields.some((field) => isMissing(field, answered)),
  );
  return page?.id ?? 'review';
}

/** The page that asks for a field. */
export function pageOf(service: ServiceDefinition, field: string): string | undefined {
  return service.pages.find((page) => page.fields.some((each) => each.id === field))?.id;
}

/** An answer in words: the option's label, a tick, or the text itself; undefined = not answered. */
export function answerWords(
  field: ServiceField,
  { answers, masked }: Answered,
  language: 'zh' | 'en',
): string | undefined {
  const mask = masked[field.id];
  if (mask !== undefined) return mask;
  const value: Answer | undefined = answers[field.id];
  if (value === undefined || value === '' || value === false) return undefined;
  switch (field.kind) {
    case 'choice':
      return field.options.find((option) => option.value === value)?.label[language] ?? String(value);
    case 'confirm':
      return '✓';
    case 'text':
    case 'date':
      return String(value);
  }
}
