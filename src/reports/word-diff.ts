/** A stretch of text that both sides have, or only one of them. */
export interface DiffPart {
  readonly kind: "same" | "gone" | "come";
  readonly text: string;
}

/** More comparisons than this are not made: the middle then counts as replaced. */
const MOST_WORK = 1_000_000;
/** Texts that share less than this part of their words are two texts, not one that was edited. */
const LEAST_COMMON = 0.25;

/**
 * What changed between two texts, word by word; null when they have too little in common for a reader to follow.
 * Joined, the parts that are not `come` give `before`, and those that are not `gone` give `after`.
 */
export function wordDiff(before: string, after: string): DiffPart[] | null {
  const a = wordsOf(before);
  const b = wordsOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const parts = joined([
    { kind: "same", text: a.slice(0, start).join("") },
    ...middle,
    { kind: "same", text: a.slice(a.length - end).join("") },
  ]);
  return before === after || isEdit(parts, before, after) ? parts : null;
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}_]+|\s+|[\s\S]/gu) ?? [];

/** Longest common subsequence, by the table of lengths of what is left. */
function between(a: readonly string[], b: readonly string[]): DiffPart[] {
  if (a.length * b.length > MOST_WORK) {
    return [
      { kind: "gone", text: a.join("") },
      { kind: "come", text: b.join("") },
    ];
  }
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      parts.push({ kind: "same", text: left });
      i++;
      j++;
    } else if (
      left !== undefined &&
      (right === undefined || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      parts.push({ kind: "gone", text: left });
      i++;
    } else {
      parts.push({ kind: "come", text: right ?? "" });
      j++;
    }
  }
  return parts;
}

/**
 * Neighbours of one kind become one part. A blank or comma that both sides have between two changes belongs to them:
 * three changed words in a row are one change.
 */
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const out: DiffPart[] = [];
  let [same, gone, come] = ["", "", ""];
  const flush = (): void => {
    if (gone !== "") out.push({ kind: "gone", text: gone });
    if (come !== "") out.push({ kind: "come", text: come });
    if (same !== "") out.push({ kind: "same", text: same });
    [same, gone, come] = ["", "", ""];
  };
  for (const { kind, text } of parts) {
    if (kind === "same") same += text;
    else {
      if (same !== "") {
        if (gone + come !== "" && /^[\s\p{P}]{1,2}$/u.test(same)) {
          gone += same;
          come += same;
          same = "";
        } else flush();
      }
      if (kind === "gone") gone += text;
      else come += text;
    }
  }
  flush();
  return out;
}

function isEdit(parts: readonly DiffPart[], before: string, after: string): boolean {
  const common = parts.reduce((sum, { kind, text }) => sum + (kind === "same" ? letters(text) : 0), 0);
  return common >= LEAST_COMMON * Math.max(1, letters(before), letters(after));
}

const letters = (text: string): number => text.replace(/[^\p{L}\p{N}]/gu, "").length;
