import { useLayoutEffect, useRef } from "preact/hooks";

/** The action of some keys while a view is open. */
export interface KeyBinding {
  /** Names as in `KeyboardEvent.key`; each of these keys triggers the action. */
  readonly keys: readonly string[];
  /** Description for the help. */
  readonly about: string;
  /**
   * @param key the pressed key, which is one of `keys`
   * @returns false when there was nothing to do, so that the key keeps its default action
   */
  readonly act: (key: string, event: KeyboardEvent) => unknown;
  /** Whether the action runs only once while the key is held down. */
  readonly once?: boolean;
}

/** For each open component, a function that returns its bindings; the innermost component is last. */
const open: (() => readonly KeyBinding[])[] = [];

/** Registers bindings while a component is shown. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const now = useRef(bindings);
  now.current = bindings;
  // A layout effect runs before the browser draws, so that no key is lost that is pressed as soon as the component is
  // seen.
  useLayoutEffect(() => {
    const read = (): readonly KeyBinding[] => now.current;
    open.push(read);
    return () => {
      open.splice(open.indexOf(read), 1);
    };
  }, []);
}

/** The current bindings, outermost first. */
export function openBindings(): KeyBinding[] {
  return open.flatMap((read) => read());
}

/** Handles a key press, unless the user is typing or the focused element uses the key. */
export function pressKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (belongsToFocus(event)) return;
  const bindings = openBindings().reverse();
  for (const name of namesOf(event)) {
    for (const { keys, act, once = false } of bindings) {
      if (!keys.includes(name) || (once && event.repeat) || act(name, event) === false) continue;
      event.preventDefault();
      return;
    }
  }
}

/** The names of a pressed key: unchanged, and in lower case. A key of a non-Latin keyboard is named by its position. */
function namesOf({ key, code, shiftKey }: KeyboardEvent): string[] {
  const [, placed] = /^Key([A-Z])$/.exec(code) ?? [];
  const foreign = key.length === 1 && !/^[ -~]$/.test(key) && placed !== undefined;
  const name = foreign ? (shiftKey ? placed : placed.toLowerCase()) : key;
  return /^[A-Z]$/.test(name) ? [name, name.toLowerCase()] : [name];
}

/**
 * Whether the focused element uses the key. Text fields and dialogs use all keys; buttons and links use Enter and
 * Space.
 */
function belongsToFocus({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select, [contenteditable]") !== null) return true;
  if (target.closest("dialog") !== null) return true;
  return (key === "Enter" || key === " ") && target.closest("a, button, summary") !== null;
}
