import type { JSX } from "preact";

interface Mark {
  readonly sign: string;
  readonly tone: string;
  readonly word: string;
}

export const MARKS: Readonly<Record<string, Mark>> = {
  p: { sign: "●", tone: "good", word: "passed" },
  f: { sign: "○", tone: "bad", word: "failed" },
  e: { sign: "✕", tone: "unsure", word: "error" },
  "?": { sign: "?", tone: "faint", word: "not scored" },
  "-": { sign: "·", tone: "faint", word: "not asked" },
};

/** Maximum number of marks; for more trials, counts are shown. */
const MAX_MARKS = 15;

/** The trials of a case on one side: one mark for each trial, or counts if there are more than MAX_MARKS trials. */
export function Marks({ marks, name }: { marks: string; name: string }): JSX.Element {
  const label = marksInWords(marks);
  const words = `${name} ${label}`;
  if (marks.length > MAX_MARKS) return <span class="marks">{countsOf(marks)}</span>;
  return (
    <span class="marks" role="img" aria-label={words} title={words}>
      {[...marks].map((mark, at) => (
        <span key={at} class={MARKS[mark]?.tone ?? ""}>
          {MARKS[mark]?.sign ?? mark}
        </span>
      ))}
    </span>
  );
}

/** Marks in words, for instance `3 of 5 passed, 1 error`. */
export function marksInWords(marks: string): string {
  const count = (letter: string): number => [...marks].filter((one) => one === letter).length;
  const answered = count("p") + count("f") + count("?");
  const errors = count("e");
  const more = errors === 0 ? "" : `, ${errors} ${errors === 1 ? "error" : "errors"}`;
  return `${count("p")} of ${answered} passed${more}`;
}

function countsOf(marks: string): string {
  return marksInWords(marks).replace(" of ", "/").replace(" passed", "");
}
