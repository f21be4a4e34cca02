import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PartKind, ViewedPart } from "../../domain/viewed-run.ts";
import { count, plural } from "../../reports/format-numbers.ts";
import { useKeys } from "./keys.ts";
import { PassageView } from "./passage-view.tsx";

/** Number of parts that are rendered at first. Each time the user asks for more, as many are added. */
const STEP = 200;
/** Kinds of parts that are open from the beginning if they are short, because they are read most often. */
const OPEN: readonly PartKind[] = ["message", "answer", "refusal", "error"];
const SHORT = 4_000;

export interface PartsProps {
  readonly parts: readonly ViewedPart[];
  /** Loads more characters of a part, from the character at index `from` on. */
  readonly more: (part: number, from: number) => Promise<string>;
}

/** A transcript: every message, tool call and judge in order; long ones are collapsed. */
export function Parts({ parts, more }: PartsProps): JSX.Element {
  const [shown, setShown] = useState(STEP);
  const [all, setAll] = useState<boolean | null>(null);
  useKeys([{ keys: ["e"], about: "open every part, or fold every part", act: () => setAll(all !== true) }]);
  const letters = parts.reduce((sum, { passage }) => sum + passage.letters, 0);
  return (
    <section aria-label="transcript">
      <h2>
        Transcript{" "}
        <span class="faint">
          {plural(parts.length, "part")}, {count(letters)} letters
        </span>
      </h2>
      {parts.slice(0, shown).map((part, at) => (
        <Part
          key={`${at} ${all}`}
          part={part}
          unfolded={all ?? isOpen(part, parts.length)}
          more={(from) => more(at, from)}
        />
      ))}
      {shown >= parts.length ? null : (
        <p>
          <button type="button" onClick={() => setShown(shown + STEP)}>
            show {count(Math.min(STEP, parts.length - shown))} more parts
          </button>{" "}
          <span class="faint">of {count(parts.length - shown)}</span>
        </p>
      )}
    </section>
  );
}

function isOpen({ kind, title, passage }: ViewedPart, parts: number): boolean {
  const isRead = OPEN.includes(kind) || (kind === "request" && title === "input");
  return isRead && passage.letters <= SHORT && (parts <= 60 || kind !== "message");
}

function Part({
  part: { kind, title, passage },
  unfolded,
  more,
}: {
  part: ViewedPart;
  unfolded: boolean;
  more: (from: number) => Promise<string>;
}): JSX.Element {
  const [open, setOpen] = useState(unfolded);
  const label = title === "" ? kind : `${kind}: ${title}`;
  return (
    <details
      class={`part ${kind.split(/\W/)[0] ?? ""}`}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <strong>{kind}</strong> {title}{" "}
        <span class="faint line">{open ? "" : passage.text.slice(0, 120)}</span>
        <span class="faint size">{count(passage.letters)}</span>
      </summary>
      {open ? <PassageView label={label} passage={passage} more={more} /> : null}
    </details>
  );
}
