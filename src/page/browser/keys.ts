import { useEffect, useRef } from "preact/hooks";

/** What some keys do while a view is open. */
export interface KeyBinding {
  /** As `KeyboardEvent.key` names them; several do the same. */
  readonly keys: readonly string[];
  /** For the help. */
  readonly about: string;
  /**
   * @param key the one of `keys` that was pressed
   * @returns false when there was nothing to do, so that the key keeps its own meaning
   */
  readonly act: (key: string, event: KeyboardEvent) => unknown;
  /** A key that is held down does it once. */
  readonly once?: boolean;
}

/** Bindings of what is open, the innermost last. */
const open: (() => readonly KeyBinding[])[] = [];

/** Bindings that hold as long as a component is shown. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const now = useRef(bindings);
  now.current = bindings;
  useEffect(() => {
    const read = (): readonly KeyBinding[] => now.current;
    open.push(read);
    return () => {
      open.splice(open.indexOf(read), 1);
    };
  }, []);
}

/** Every binding that holds now, outermost first. */
export function openBindings(): KeyBinding[] {
  return open.flatMap((read) => read());
}

/** Carries out a key that was pressed, unless somebody is typing or the key belongs to what has the focus. */
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

/** The names under which a key is looked for: as it is, and as the small letter. On a keyboard with other letters its place counts. */
function namesOf({ key, code, shiftKey }: KeyboardEvent): string[] {
  const [, placed] = /^Key([A-Z])$/.exec(code) ?? [];
  const foreign = key.length === 1 && !/^[ -~]$/.test(key) && placed !== undefined;
  const name = foreign ? (shiftKey ? placed : placed.toLowerCase()) : key;
  return /^[A-Z]$/.test(name) ? [name, name.toLowerCase()] : [name];
}

/** A field takes every key, a button or a link its own, a dialog all of them. */
function belongsToFocus({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select, [contenteditable]") !== null) return true;
  if (target.closest("dialog") !== null) return true;
  return (key === "Enter" || key === " ") && target.closest("a, button, summary") !== null;
}
