import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "./keys.ts";
import { searchWanted } from "./page-state.ts";

/** Milliseconds after the last letter. */
const PAUSE = 120;

export interface SearchProps {
  readonly value: string;
  readonly change: (value: string) => void;
  /** Enter: the first hit is selected, and the list has the keys. */
  readonly enter: () => void;
  readonly placeholder: string;
  readonly status: string;
}

/** The field above a list: `/` leads into it, Enter to the first hit, Escape out of it. */
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
