import { canonicalJson, type Json } from "../domain/json.ts";
import type { PromptPart, PromptVersion } from "../domain/prompt.ts";
import type { FieldChange, MessageChange, PromptComparison } from "../domain/prompt-change.ts";
import { shortestEdit } from "../domain/shortest-edit.ts";
import { diffWords } from "../domain/word-diff.ts";
import { majorChanges } from "./major-changes.ts";
import { promptVariables } from "./prompt-variables.ts";
import { versionChange } from "./version-change.ts";

/** Compares two versions of a prompt: messages word by word, variables, roles, and front matter. */
export async function comparePrompts(from: PromptVersion, to: PromptVersion): Promise<PromptComparison> {
  const [before, after] = [await promptVariables(from), await promptVariables(to)];
  const change = await versionChange(from, to);
  return {
    from: placeOf(from),
    to: placeOf(to),
    declared: change?.declared ?? null,
    messages: pairParts(from.parts, to.parts).map(([a, b]) => compareParts(a, b)),
    variables: {
      added: after.filter((name) => !before.includes(name)),
      removed: before.filter((name) => !after.includes(name)),
    },
    pins: fieldChanges(pinsOf(from), pinsOf(to)),
    about: fieldChanges(aboutOf(from), aboutOf(to)),
    major: await majorChanges(from, to),
  };
}

const placeOf = ({ name, version, path }: PromptVersion): PromptComparison["from"] => ({
  name,
  version,
  path,
});

type Role = MessageChange["role"]["from"];
const roleOf = (part: PromptPart | null): Role =>
  part === null ? null : part.kind === "message" ? part.role : "messages";
function textOf(part: PromptPart | null): string {
  if (part === null) return "";
  if (part.kind === "messages") return part.path;
  const files = (part.attach ?? []).map(({ kind, path }) => `[${kind}: ${path}]`);
  return [part.template, ...files].join("\n");
}

function compareParts(from: PromptPart | null, to: PromptPart | null): MessageChange {
  const role = { from: roleOf(from), to: roleOf(to) };
  if (from === null)
    return {
      role,
      lines: textOf(to)
        .split("\n")
        .map((text) => [{ kind: "added", text }]),
    };
  if (to === null)
    return {
      role,
      lines: textOf(from)
        .split("\n")
        .map((text) => [{ kind: "removed", text }]),
    };
  return { role, lines: diffWords(textOf(from), textOf(to)) };
}

type Pair = readonly [PromptPart | null, PromptPart | null];

/** Pairs identical messages first; the messages between them are paired by `pairGap`. */
function pairParts(from: readonly PromptPart[], to: readonly PromptPart[]): Pair[] {
  const keyOf = (part: PromptPart): string => `${roleOf(part)}\n${textOf(part)}`;
  const pairs: Pair[] = [];
  const gap: { from: PromptPart[]; to: PromptPart[] } = { from: [], to: [] };
  let [left, right] = [0, 0];
  for (const { kind } of shortestEdit(from.map(keyOf), to.map(keyOf))) {
    const [before, after] = [from[left] ?? null, to[right] ?? null];
    if (kind !== "added") left++;
    if (kind !== "removed") right++;
    if (kind === "removed" && before !== null) gap.from.push(before);
    else if (kind === "added" && after !== null) gap.to.push(after);
    else {
      pairs.push(...pairGap(gap.from.splice(0), gap.to.splice(0)), [before, after]);
    }
  }
  return [...pairs, ...pairGap(gap.from, gap.to)];
}

/**
 * Pairs the messages of the old and the new version between two identical messages: one to one when both versions
 * have the same number there, otherwise by equal roles from both ends. A message without a partner counts as removed
 * or added.
 */
function pairGap(from: readonly PromptPart[], to: readonly PromptPart[]): Pair[] {
  if (from.length === to.length) return from.map((part, index) => [part, to[index] ?? null]);
  const largest = Math.min(from.length, to.length);
  let head = 0;
  while (head < largest && roleOf(from[head] ?? null) === roleOf(to[head] ?? null)) head++;
  let tail = 0;
  while (
    tail < largest - head &&
    roleOf(from[from.length - 1 - tail] ?? null) === roleOf(to[to.length - 1 - tail] ?? null)
  )
    tail++;
  return [
    ...from.slice(0, head).map((part, index): Pair => [part, to[index] ?? null]),
    ...from.slice(head, from.length - tail).map((part): Pair => [part, null]),
    ...to.slice(head, to.length - tail).map((part): Pair => [null, part]),
    ...from
      .slice(from.length - tail)
      .map((part, index): Pair => [part, to[to.length - tail + index] ?? null]),
  ];
}

type Fields = Readonly<Record<string, Json>>;

function pinsOf({ pinned: { model, params, retrieval } }: PromptVersion): Fields {
  return { model, ...members("params", params), ...members("retrieval", retrieval) };
}

function aboutOf({ description, author, rationale }: PromptVersion): Fields {
  return { description, author, rationale };
}

function members(name: string, value: Json): Fields {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return { [name]: value };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [`${name}.${key}`, one as Json]));
}

function fieldChanges(from: Fields, to: Fields): FieldChange[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((field) => {
    const change = { field, from: from[field] ?? null, to: to[field] ?? null };
    return canonicalJson(change.from) === canonicalJson(change.to) ? [] : [change];
  });
}
