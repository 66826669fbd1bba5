/** Which key is a shortcut at this moment. Pure: the caller says where the focus is. */

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
  isComposing: boolean;
}

export interface Focus {
  /** In a field that takes letters. */
  typing: boolean;
  /** A dialog is open. */
  dialog: boolean;
  /** On a button or link, which Space or Enter presses. */
  control: boolean;
}

/** The shortcut's name (`space`, `e`, `1`, `/`, `?`), or nothing when the key is for something else [CN8]. */
export function shortcutOf(press: KeyPress, focus: Focus): string | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || press.isComposing) return undefined;
  if (focus.typing || focus.dialog) return undefined;
  if (press.key === ' ') return focus.control ? undefined : 'space';
  return /^[a-z0-9/?]$/i.test(press.key) ? press.key.toLowerCase() : undefined;
}
