import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "./keys.ts";
import { searchWanted } from "./page-state.ts";

/** Milliseconds from the last key press to the search. */
const PAUSE = 120;

export interface SearchProps {
  readonly value: string;
  readonly change: (value: string) => void;
  /** Called on Enter: selects the first hit and focuses the list. */
  readonly enter: () => void;
  readonly placeholder: string;
  readonly status: string;
}

/** The search field above a list: `/` focuses it, Enter goes to the first hit, Escape leaves it. */
export function SearchField({ value, change, enter, placeholder, status }: SearchProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const waiting = useRef(0);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (searchWanted.value) field.current?.focus();
    searchWanted.value = false;
  }, []);
  useKeys([{ keys: ["/"], about: "search", act: () => field.current?.focus() }]);
  const take = (text: string): void => {
    clearTimeout(waiting.current);
    change(text);
  };
  return (
    <search class="search">
      <input
        ref={field}
        type="search"
        aria-label="search"
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={({ currentTarget }) => {
          const text = currentTarget.value;
          setTyped(text);
          clearTimeout(waiting.current);
          waiting.current = setTimeout(() => change(text), PAUSE) as unknown as number;
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key !== "Enter") return;
          take(event.currentTarget.value);
          event.currentTarget.blur();
          enter();
          event.preventDefault();
        }}
      />
      <span class="faint" role="status">
        {status}
      </span>
    </search>
  );
}
