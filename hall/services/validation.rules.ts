import type { Words } from '../../contract/ids.ts';
import type {
  Answer,
  Answers,
  ServiceDefinition,
  ServiceField,
  ServicePage,
} from '../../contract/services.ts';
import type { Day } from '../../contract/time.ts';

/** What an answer must look like, with the sentence for the person when it does not. Pure. */

/** Youngest age that may apply with a resident ID: a member of a union works, and work begins at 16. */
export const YOUNGEST = 16;

export type Judged =
  { readonly ok: true; readonly value: Answer | undefined } | { readonly ok: false; readonly fault: Words };

const fault = (zh: string, en: string): Judged => ({ ok: false, fault: { zh, en } });
const fine = (value: Answer | undefined): Judged => ({ ok: true, value });

/**
 * Judges one answer and brings it into its stored form (trimmed, X in capitals, digits only).
 * @param today the day in the hall, `YYYY-MM-DD`.
 */
export function judgeAnswer(field: ServiceField, raw: Answer | undefined, today: Day): Judged {
  switch (field.kind) {
    case 'confirm':
      if (raw === true) return fine(true);
      if (raw !== undefined && raw !== false) return fault('请点一下方框。', 'Please tap the box.');
      return field.required
        ? fault('请看一遍，再点“同意”。', 'Please read it, then tap “agree”.')
        : fine(raw);
    case 'choice': {
      if (raw === undefined || raw === '') return missing(field, '请选一项。', 'Please choose one.');
      if (!field.options.some((option) => option.value === raw))
        return fault('请从下面选一项。', 'Please choose one of these.');
      return fine(raw);
    }
    case 'date':
      return judgeDate(field, raw, today);
    case 'text':
      return judgeText(field, raw, today);
  }
}

function missing(field: ServiceField, zh: string, en: string): Judged {
  return field.required ? fault(zh, en) : fine(undefined);
}

function judgeDate(
  field: Extract<ServiceField, { kind: 'date' }>,
  raw: Answer | undefined,
  today: Day,
): Judged {
  if (raw === undefined || raw === '') return missing(field, '请选日期。', 'Please choose a date.');
  if (typeof raw !== 'string' || !isDay(raw))
    return fault('没有这一天，请再看一遍。', 'There is no such day; please check it.');
  if (raw < '1900-01-01') return fault('年份太早了，请再看一遍。', 'The year is too early; please check it.');
  if (field.notAfterToday && raw > today)
    return fault('日期还没到，请填今天或以前的日期。', 'This day has not come yet; choose today or earlier.');
  return fine(raw);
}

function judgeText(
  field: Extract<ServiceField, { kind: 'text' }>,
  raw: Answer | undefined,
  today: Day,
): Judged {
  if (raw !== undefined && typeof raw !== 'string') return fault('请填文字。', 'Please write words.');
  const text = (raw ?? '').normalize('NFC').trim();
  if (text === '') return missing(field, '请填这一项。', 'Please fill this in.');
  if ([...text].length > field.maxLength)
    return fault(
      `最多 ${String(field.maxLength)} 个字，请写短一点。`,
      `At most ${String(field.maxLength)} characters; please shorten it.`,
    );
  // Control characters never come from a keyboard or a card.
  if (/[\p{Cc}]/u.test(field.multiline ? text.replace(/[\n\r\t]/g, '') : text))
    return fault(
      '里面有不能用的字符，请重新填。',
      'It holds characters that cannot be used; please type it again.',
    );
  switch (field.check) {
    case 'none':
      return fine(text);
    case 'resident-id':
      return judgeResidentId(text, today);
    case 'mobile':
      return judgeMobile(text);
    case 'credit-code':
      return judgeCreditCode(text);
    case 'person-name':
      return judgeName(text);
  }
}

/** A real calendar day, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00.000Z`);
  return Number.isFinite(at) && new Date(at).toISOString().slice(0, 10) === text;
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';

/** Resident ID, GB 11643: 17 digits, check character, real birthday, age. Area codes are not judged: codes retire. */
export function judgeResidentId(raw: string, today: Day): Judged {
  const text = raw.replace(/\s/g, '').toUpperCase();
  if (!/^\d{17}[\dX]$/.test(text))
    return fault('身份证号是 18 位，请再数一遍。', 'A resident ID has 18 characters; please count again.');
  const birthday = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  if (!isDay(birthday))
    return fault(
      '第 7 到 14 位是出生日期，这里不对，请再看一遍。',
      'Digits 7 to 14 are the birthday and are not right; please check them.',
    );
  const sum = ID_WEIGHTS.reduce((total, weight, index) => total + weight * Number(text.charAt(index)), 0);
  if (ID_CHECKS.charAt(sum % 11) !== text.charAt(17))
    return fault(
      '身份证号有一位不对，请对着证件再看一遍。',
      'One character is not right; please compare it with the card.',
    );
  if (birthday > today)
    return fault('出生日期还没到，请再看一遍。', 'The birthday has not come yet; please check it.');
  if (birthday < '1900-01-01')
    return fault('出生年份太早了，请再看一遍。', 'The year of birth is too early; please check it.');
  if (ageOn(birthday, today) < YOUNGEST)
    return fault(
      `年满 ${String(YOUNGEST)} 岁才能办，请问工作人员。`,
      `You must be ${String(YOUNGEST)} or older; please ask staff.`,
    );
  return fine(text);
}

/** Full years between two days. */
export function ageOn(birthday: Day, today: Day): number {
  const years = Number(today.slice(0, 4)) - Number(birthday.slice(0, 4));
  return today.slice(5) < birthday.slice(5) ? years - 1 : years;
}

/** Mainland mobile: +86, spaces and dashes are taken off; no tables of operators. */
export function judgeMobile(raw: string): Judged {
  const digits = raw.replace(/[\s-]/g, '').replace(/^(\+86|0086|86(?=1\d{10}$))/, '');
  return /^1[3-9]\d{9}$/.test(digits)
    ? fine(digits)
    : fault(
        '手机号是 11 位，从 1 开头，请再看一遍。',
        'A mobile number has 11 digits and begins with 1; please check it.',
      );
}

const CREDIT = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** Unified social credit code, GB 32100: 18 of the alphabet, weights 3^i mod 31. */
export function judgeCreditCode(raw: string): Judged {
  const text = raw.replace(/[\s-]/g, '').toUpperCase();
  if (text.length !== 18)
    return fault(
      '统一社会信用代码是 18 位，请再数一遍。',
      'A credit code has 18 characters; please count again.',
    );
  let sum = 0;
  let weight = 1;
  for (let index = 0; index < 18; index += 1) {
    const value = CREDIT.indexOf(text.charAt(index));
    if (value < 0)
      return fault(
        '里面有不会用到的字母（I O S V Z），请再看一遍。',
        'It holds a letter that is never used (I O S V Z); please check it.',
      );
    if (index === 17) {
      if ((31 - (sum % 31)) % 31 !== value)
        return fault(
          '有一位不对，请对着营业执照再看一遍。',
          'One character is not right; please compare it with the licence.',
        );
    } else {
      sum += value * weight;
      weight = (weight * 3) % 31;
    }
  }
  return fine(text);
}

/** 1 to 50 characters (code points): any Han, the middle dot of minority names, Latin letters and their joints. */
export function judgeName(raw: string): Judged {
  const text = raw.replace(/[•‧・∙.．]/gu, '·').replace(/\s+/g, ' ');
  if ([...text].length > 50) return fault('姓名最多 50 个字。', 'A name has at most 50 characters.');
  if (
    !/^[\p{Script=Han}\p{Script=Latin}]([\p{Script=Han}\p{Script=Latin}\p{M}·' -]*[\p{Script=Han}\p{Script=Latin}\p{M}])?$/u.test(
      text,
    )
  )
    return fault(
      '姓名里只能有汉字、字母和“·”，请再看一遍。',
      'A name holds Chinese characters, letters and “·” only; please check it.',
    );
  return fine(text);
}

/** The pages a person sees with these answers [SV2]. A condition on a hidden or sealed answer is not met. */
export function visiblePages(service: ServiceDefinition, answers: Answers): ServicePage[] {
  const shown = new Set<string>();
  return service.pages.filter((page) => {
    const { when } = page;
    if (when !== undefined && !(shown.has(when.field) && when.in.includes(String(answers[when.field] ?? ''))))
      return false;
    for (const each of page.fields) shown.add(each.id);
    return true;
  });
}

/** What may be shown of a sensitive answer: enough to know it again, not enough to use it [SV4]. */
export function maskOf(field: ServiceField, value: string): string {
  const characters = [...value];
  if (field.kind === 'text') {
    if (field.check === 'resident-id' || field.check === 'credit-code')
      return `••••••••••••••${characters.slice(-4).join('')}`;
    if (field.check === 'mobile')
      return `${characters.slice(0, 3).join('')}****${characters.slice(-4).join('')}`;
    if (field.check === 'person-name') return `${characters[0] ?? ''}*`;
  }
  return '••••••';
}
