import { TEXT_BYTES } from '../frames/sam-v.frame.ts';

/** The text of an ID card as its chip holds it. It lives only while it is being turned into what may leave [DV64]. */
export interface IdText {
  readonly name: string;
  readonly sex: 'male' | 'female' | 'unknown';
  /** Code of GB 3304, `01` = Han. */
  readonly nation: string;
  /** `YYYY-MM-DD`. */
  readonly birth: string;
  readonly address: string;
  readonly number: string;
  readonly authority: string;
  readonly validFrom: string;
  /** Null = for life. */
  readonly validTo: string | null;
}

/** Why a text is not believed: the field that is wrong, never what stood in it. */
export type IdTextRefusal =
  'length' | 'name' | 'sex' | 'nation' | 'birth' | 'address' | 'number' | 'authority' | 'validity';

/** Fields in their order with their characters; the rest is reserved. */
const FIELDS = {
  name: 15,
  sex: 1,
  nation: 2,
  birth: 8,
  address: 35,
  number: 18,
  authority: 15,
  from: 8,
  to: 8,
};

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** Reads the fields; a card of another kind, or a garbled one, is refused by its field. Never throws. */
export function readIdText(bytes: Uint8Array): IdText | { readonly refused: IdTextRefusal } {
  if (bytes.length !== TEXT_BYTES) return { refused: 'length' };
  const parts = cut(bytes);
  const { name, nation, address, authority } = parts;
  if (name === '' || !isText(name)) return { refused: 'name' };
  const sex = SEXES[parts.sex];
  if (sex === undefined) return { refused: 'sex' };
  if (!/^\d{2}$/.test(nation)) return { refused: 'nation' };
  const birth = dayOf(parts.birth);
  if (birth === undefined) return { refused: 'birth' };
  if (!isText(address)) return { refused: 'address' };
  const number = parts.number.toUpperCase();
  if (!isResidentNumber(number)) return { refused: 'number' };
  if (!isText(authority)) return { refused: 'authority' };
  const validFrom = dayOf(parts.from);
  const validTo = parts.to === '长期' ? null : dayOf(parts.to);
  if (validFrom === undefined || validTo === undefined) return { refused: 'validity' };
  return { name, sex, nation, birth, address, number, authority, validFrom, validTo };
}

/** GB/T 2261.1; 9 = not stated. */
const SEXES: Readonly<Record<string, IdText['sex']>> = { 0: 'unknown', 1: 'male', 2: 'female', 9: 'unknown' };

function cut(bytes: Uint8Array): Record<keyof typeof FIELDS, string> {
  let at = 0;
  const next = (characters: number): string => {
    let text = '';
    for (let end = at + characters * 2; at < end; at += 2)
      text += String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
    // Filled up with spaces; some readers fill with zeros.
    return text.replace(/[\0\s]+$/u, '');
  };
  return {
    name: next(FIELDS.name),
    sex: next(FIELDS.sex),
    nation: next(FIELDS.nation),
    birth: next(FIELDS.birth),
    address: next(FIELDS.address),
    number: next(FIELDS.number),
    authority: next(FIELDS.authority),
    from: next(FIELDS.from),
    to: next(FIELDS.to),
  };
}

/** No control characters and no half of a surrogate pair: what a garbled chip gives. */
function isText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text);
}

function dayOf(digits: string): string | undefined {
  if (!/^\d{8}$/.test(digits)) return undefined;
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)];
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const text = `${year}-${month}-${day}`;
  return at.toISOString().slice(0, 10) === text ? text : undefined;
}

/** GB 11643: 17 digits and a check character. */
function isResidentNumber(number: string): boolean {
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number.charAt(index)), 0);
  return CHECKS.charAt(sum % 11) === number.charAt(17);
}
