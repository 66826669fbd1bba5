import type { ServiceField } from '../../../contract/services.ts';
import type { KeyboardMode } from '../../../ui/keyboard/ScreenKeyboard.tsx';

export interface FieldKeys {
  readonly mode: KeyboardMode;
  readonly words: 'text' | 'name';
  readonly maxLength: number;
}

/** Which keys fit a field; undefined where nothing is typed. */
export function keyboardFor(field: ServiceField): FieldKeys | undefined {
  switch (field.kind) {
    case 'choice':
    case 'confirm':
      return undefined;
    case 'date':
      return { mode: 'digits', words: 'text', maxLength: 10 };
    case 'text':
      switch (field.check) {
        case 'resident-id':
          return { mode: 'id', words: 'text', maxLength: 18 };
        case 'mobile':
          return { mode: 'digits', words: 'text', maxLength: 11 };
        case 'credit-code':
          return { mode: 'english', words: 'text', maxLength: 18 };
        case 'person-name':
          return { mode: 'pinyin', words: 'name', maxLength: field.maxLength };
        case 'none':
          return { mode: 'pinyin', words: 'text', maxLength: field.maxLength };
      }
  }
}

/** What was typed, in the form the field is shown in: dates get their dashes, IDs their capital X. */
export function tidyInput(field: ServiceField, text: string): string {
  if (field.kind === 'date') {
    const digits = text.replace(/\D/g, '').slice(0, 8);
    return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].filter((part) => part !== '').join('-');
  }
  if (field.kind !== 'text') return text;
  switch (field.check) {
    case 'resident-id':
      return text
        .toUpperCase()
        .replace(/[^0-9X]/g, '')
        .slice(0, 18);
    case 'credit-code':
      return text
        .toUpperCase()
        .replace(/[^0-9A-Z]/g, '')
        .slice(0, 18);
    case 'mobile':
      return text.replace(/\D/g, '').slice(0, 11);
    case 'person-name':
    case 'none':
      return [...text].slice(0, field.maxLength).join('');
  }
}
