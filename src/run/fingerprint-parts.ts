import type { FingerprintParts, ScorerPart } from "../domain/fingerprint-parts.ts";
import type { Json } from "../domain/json.ts";
import { leaves, shownLeaf } from "../domain/json-leaves.ts";
import type { PartDifference } from "../domain/report.ts";

/**
 * The parts in which two fingerprints differ; empty when they are equal. A part that is unknown in one of them is
 * not compared.
 */
export function differingParts(a: FingerprintParts, b: FingerprintParts): PartDifference[] {
  const found: PartDifference[] = [];
  const note = (part: PartDifference["part"], lines: readonly string[]): void => {
    found.push(...lines.map((said) => ({ part, said })));
  };
  if (a.prompt === undefined || b.prompt === undefined) {
    if (a.label !== b.label) note("target", [`${a.label} → ${b.label}`]);
  } else if (a.prompt !== b.prompt) note("prompt", [`${a.prompt ?? "none"} → ${b.prompt ?? "none"}`]);
  if (a.request !== null && b.request !== null) note("request", changedValues(a.request, b.request));
  if (a.target !== null && b.target !== null) note("target", changedValues(a.target, b.target));
  note("dataset", changedCases(a, b));
  note("scorer", changedScorers(a.scorers, b.scorers));
  // If the version is the same but the text is not, the prompt or the values that its template inserts were edited.
  const worded = rewordedCases(a, b);
  if (a.recorded && b.recorded) {
    const files = a.label === b.label ? [] : [`${a.label} → ${b.label}`];
    note("target", worded > 0 ? [...files, `${counted(worded, "case")} with other answers`] : files);
  } else if (worded > 0 && !found.some((one) => one.part === "prompt" || one.part === "request"))
    note(a.prompt === null && b.prompt === null ? "request" : "prompt", [
      `${counted(worded, "case")} with another text in the same version`,
    ]);
  return found;
}

function changedCases(a: FingerprintParts, b: FingerprintParts): string[] {
  let changed = 0;
  let added = 0;
  for (const [id, { content }] of b.cases) {
    const before = a.cases.get(id);
    if (before === undefined) added++;
    else if (before.content !== content) changed++;
  }
  const gone = [...a.cases.keys()].filter((id) => !b.cases.has(id)).length;
  const parts = [
    ...(changed > 0 ? [`${counted(changed, "case")} changed`] : []),
    ...(added > 0 ? [`${added} new`] : []),
    ...(gone > 0 ? [`${gone} gone`] : []),
  ];
  return parts.length === 0 ? [] : [parts.join(", ")];
}

function rewordedCases(a: FingerprintParts, b: FingerprintParts): number {
  return [...b.cases].filter(([id, { content, request }]) => {
    const before = a.cases.get(id);
    if (before === undefined || before.content !== content) return false;
    return before.request !== null && request !== null && before.request !== request;
  }).length;
}

function changedScorers(a: readonly ScorerPart[], b: readonly ScorerPart[]): string[] {
  const before = new Map(a.map((one) => [one.name, one]));
  const after = new Set(b.map((one) => one.name));
  return [
    ...b.flatMap((one) => {
      const was = before.get(one.name);
      if (was === undefined) return [`${one.name} is new`];
      return [
        ...(was.required === one.required
          ? []
          : [`${one.name} is ${one.required ? "" : "not "}required now`]),
        ...(was.hash === one.hash ? [] : changedScorer(was, one)),
      ];
    }),
    ...a.filter((one) => !after.has(one.name)).map((one) => `${one.name} is gone`),
  ];
}

function changedScorer(was: ScorerPart, is: ScorerPart): string[] {
  const lines = was.identity === null || is.identity === null ? [] : changedValues(was.identity, is.identity);
  return lines.length === 0 ? [`${is.name} has changed`] : lines.map((line) => `${is.name}: ${line}`);
}

/** A text such as `temperature 0 → 0.7` for every value that differs, named by its path. */
function changedValues(a: Json, b: Json): string[] {
  const [was, is] = [leaves(a), leaves(b)];
  const paths = [...new Set([...was.keys(), ...is.keys()])];
  return paths.flatMap((path) => {
    const [before, after] = [was.get(path), is.get(path)];
    if (before === after) return [];
    return [`${path} ${shownLeaf(before)} → ${shownLeaf(after)}`];
  });
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
