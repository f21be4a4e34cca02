import type { WordChange } from "./prompt-change.ts";
import { type EditStep, shortestEdit } from "./shortest-edit.ts";

/**
 * Minimum share of characters that two passages must have in common to be shown word by word. With a smaller share,
 * they are shown one after the other.
 */
const ENOUGH_IN_COMMON = 0.4;

const TOKEN = /\n|[^\S\n]+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

/** Compares two texts. Each line of the result is split into words that are unchanged, removed or added. */
export function diffWords(from: string, to: string): WordChange[][] {
  const steps = shortestEdit(from.split("\n"), to.split("\n"));
  const lines: WordChange[][] = [];
  for (let at = 0; at < steps.length; ) {
    const step = steps[at] as EditStep;
    if (step.kind === "same") {
      lines.push([{ kind: "same", text: step.token }]);
      at++;
      continue;
    }
    let end = at;
    while (end < steps.length && steps[end]?.kind !== "same") end++;
    const block = steps.slice(at, end);
    lines.push(...diffBlock(textOf(block, "removed"), textOf(block, "added")));
    at = end;
  }
  return lines;
}

function textOf(block: readonly EditStep[], kind: WordChange["kind"]): string[] {
  return block.filter((step) => step.kind === kind).map((step) => step.token);
}

/** The diff of lines that were replaced by other lines. */
function diffBlock(removed: readonly string[], added: readonly string[]): WordChange[][] {
  const whole = (lines: readonly string[], kind: "removed" | "added"): WordChange[][] =>
    lines.map((text) => [{ kind, text }]);
  if (removed.length === 0 || added.length === 0)
    return [...whole(removed, "removed"), ...whole(added, "added")];
  const before = removed.join("\n");
  const after = added.join("\n");
  const steps = joinAcrossBlanks(shortestEdit(before.match(TOKEN) ?? [], after.match(TOKEN) ?? []));
  const common = steps.reduce((sum, { kind, token }) => sum + (kind === "same" ? token.trim().length : 0), 0);
  const mixed = ["removed", "added"].every((kind) => steps.some((step) => step.kind === kind));
  if (mixed && common < ENOUGH_IN_COMMON * Math.max(before.trim().length, after.trim().length))
    return [...whole(removed, "removed"), ...whole(added, "added")];
  return linesOf(steps);
}

/** A space between two changed words counts as changed: `[-a b-]{+c d+}` rather than `[-a-]{+c+} [-b-]{+d+}`. */
function joinAcrossBlanks(steps: readonly EditStep[]): EditStep[] {
  const joined: EditStep[] = [];
  let removed = "";
  let added = "";
  const close = (): void => {
    if (removed !== "") joined.push({ kind: "removed", token: removed });
    if (added !== "") joined.push({ kind: "added", token: added });
    removed = "";
    added = "";
  };
  for (const [index, { kind, token }] of steps.entries()) {
    if (kind === "removed") removed += token;
    else if (kind === "added") added += token;
    else if (
      removed !== "" &&
      added !== "" &&
      /^[^\S\n]+$/.test(token) &&
      ["removed", "added"].includes(steps[index + 1]?.kind ?? "")
    ) {
      removed += token;
      added += token;
    } else {
      close();
      joined.push({ kind, token });
    }
  }
  close();
  return joined;
}

function linesOf(steps: readonly EditStep[]): WordChange[][] {
  const lines: WordChange[][] = [[]];
  for (const { kind, token } of steps) {
    for (const [index, text] of token.split("\n").entries()) {
      if (index > 0) lines.push([]);
      const line = lines.at(-1) as WordChange[];
      const last = line.at(-1);
      if (text === "") continue;
      if (last?.kind === kind) line[line.length - 1] = { kind, text: last.text + text };
      else line.push({ kind, text });
    }
  }
  return lines;
}
