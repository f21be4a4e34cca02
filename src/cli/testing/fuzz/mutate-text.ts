import { parse } from "yaml";
import type { RandomSource } from "../../../statistics/seeded-random.ts";

/** The format of a file. */
export type TextFormat = "json" | "jsonl" | "yaml" | "csv" | "markdown";

/** Changes a text at random: its characters, or the values in it if it can be parsed. */
export function mutateText(text: string, format: TextFormat, random: RandomSource): string {
  const times = 1 + below(random, 3);
  let changed = text;
  for (let time = 0; time < times; time++) changed = once(changed, format, random);
  return changed;
}

export const below = (random: RandomSource, size: number): number => Math.floor(random() * size);

export function pick<T>(random: RandomSource, list: readonly T[]): T {
  const found = list[below(random, list.length)];
  if (found === undefined) throw new Error("nothing to choose from");
  return found;
}

function once(text: string, format: TextFormat, random: RandomSource): string {
  const structured = format !== "csv" && format !== "markdown" && random() < 0.6;
  const changed = structured ? changedValue(text, format, random) : undefined;
  return changed ?? pick(random, TEXT_CHANGES)(text, random);
}

type TextChange = (text: string, random: RandomSource) => string;

/**
 * Characters that cause trouble: left by other programs, or with a special meaning for parsers and terminals.
 */
const SIGNS = [
  ...[
    "\0",
    "\uFEFF",
    "\u2028",
    "\u202E",
    "\u200D",
    "\uD800",
    "e\u0301\u0323",
    "𝕏",
    "\t",
    "\r",
    "\u0085",
    "\v",
  ],
  ...[
    '"',
    "'",
    "`",
    "\\",
    "{{",
    "}}",
    "{%",
    "%}",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ":",
    "- ",
    "#",
    "&a ",
    "*a ",
    "<<: ",
    "!!js/function ",
    "---\n",
    "...\n",
  ],
];

const WORDS = [
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "null",
    "true",
    "~",
    "NaN",
    ".inf",
    "0x1F",
    "1e999",
    "-0",
    "1_000",
  ],
  ...[
    "9007199254740993",
    "1e-400",
    "0777",
    "2026-13-45",
    "../../etc/passwd",
    "file:///dev/null",
    "${env:HOME}",
    "{{ input }}",
  ],
  ...[
    "{% for i in (1..100000000) %}x{% endfor %}",
    "{{ x | nothing }}",
    "(a+)+$",
    "[",
    "*",
    "",
    " ",
    "<<<<<<< HEAD",
    "::error::x",
    "%s%n",
  ],
];

/** Texts of so many entries that a program which is slow for each entry does not end in time. */
const LONG: readonly (() => string)[] = [
  () => "{}\n".repeat(20_000),
  () => "- a\n".repeat(20_000),
  () => "&a b: *a\n".repeat(10_000),
  () => Array.from({ length: 20_000 }, (_, at) => `k${at}: 1\n`).join(""),
  () => `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join()}}\n`,
];

const TEXT_CHANGES: readonly TextChange[] = [
  (text, random) => text.slice(0, below(random, text.length + 1)),
  (text, random) => {
    const from = below(random, text.length + 1);
    return text.slice(0, from) + text.slice(from + 1 + below(random, 20));
  },
  (text, random) => inserted(text, random, pick(random, SIGNS)),
  (text, random) => inserted(text, random, pick(random, WORDS)),
  (text, random) => swapped(text, random),
  (text, random) => lines(text, random, (all, at) => [...all.slice(0, at), all[at] ?? "", ...all.slice(at)]),
  (text, random) => lines(text, random, (all, at) => [...all.slice(0, at), ...all.slice(at + 1)]),
  (text, random) => lines(text, random, (all, at) => [...all.slice(at), ...all.slice(0, at)]),
  (text, random) =>
    lines(text, random, (all, at) => all.map((line, index) => (index === at ? `  ${line}` : line))),
  (text, random) => replacedWord(text, random),
  (text, random) => inserted(text, random, pick(random, ["[", '{"a":', "- ", "(", "  "]).repeat(5000)),
  (text, random) => inserted(text, random, "a".repeat(50_000)),
  (text, random) => inserted(text, random, pick(random, LONG)()),
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text + text,
  () => "",
];

function inserted(text: string, random: RandomSource, part: string): string {
  const at = below(random, text.length + 1);
  return text.slice(0, at) + part + text.slice(at);
}

function swapped(text: string, random: RandomSource): string {
  const [a, b] = [below(random, text.length + 1), below(random, text.length + 1)].sort((x, y) => x - y) as [
    number,
    number,
  ];
  const width = Math.min(12, b - a);
  return (
    text.slice(0, a) +
    text.slice(b, b + width) +
    text.slice(a + width, b) +
    text.slice(a, a + width) +
    text.slice(b + width)
  );
}

function lines(
  text: string,
  random: RandomSource,
  change: (all: readonly string[], at: number) => readonly string[],
): string {
  const all = text.split("\n");
  return change(all, below(random, all.length)).join("\n");
}

function replacedWord(text: string, random: RandomSource): string {
  const found = [...text.matchAll(/[\w.-]+/g)];
  if (found.length === 0) return text;
  const [word] = found;
  const at = pick(random, found);
  const other = random() < 0.5 ? pick(random, WORDS) : (pick(random, found)[0] ?? word?.[0] ?? "");
  return text.slice(0, at.index) + other + text.slice(at.index + at[0].length);
}

/** Values that are unlikely to have the expected type. */
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.1,
    1e308,
    -1e308,
    5e-324,
    2 ** 53,
    12_345_678_901,
    "",
    " ",
    "a",
    [],
    {},
    [[]],
    [null],
    [{}],
  ],
  ...[
    { a: 1 },
    { type: "equals" },
    ["a", "a"],
    "é".repeat(2000),
    "\uD800",
    { "": "" },
    "5",
    "1s",
    "-1ms",
    ">= 0.9",
    "$.a",
    "2026-01-01",
  ],
];

/**
 * The document with one value removed, duplicated, moved or replaced; undefined if the text cannot be parsed.
 */
function changedValue(text: string, format: TextFormat, random: RandomSource): string | undefined {
  if (format === "jsonl") {
    const all = text.split("\n");
    const at = below(random, all.length);
    const line = changedValue(all[at] ?? "", "json", random);
    return line === undefined ? undefined : [...all.slice(0, at), line, ...all.slice(at + 1)].join("\n");
  }
  try {
    const value: unknown =
      format === "json" ? JSON.parse(text) : parse(text, { logLevel: "silent", maxAliasCount: 10 });
    const changed = JSON.stringify(
      changedNode(value, random),
      null,
      format === "json" && random() < 0.5 ? 0 : 2,
    );
    return format === "yaml" && random() < 0.3 ? changed.replaceAll(/"([a-z_]+)":/g, "$1:") : changed;
  } catch {
    return undefined;
  }
}

function changedNode(value: unknown, random: RandomSource): unknown {
  const places = placesOf(value);
  if (places.length === 0) return pick(random, VALUES);
  const { parent, key } = pick(random, places);
  const old = parent[key];
  const change = below(random, 7);
  if (change === 0) delete parent[key];
  else if (change === 1) parent[key] = pick(random, VALUES);
  else if (change === 2) {
    const from = pick(random, places);
    // The value is copied, so that the document stays a tree.
    parent[key] = structuredClone(from.parent[from.key]);
  } else if (change === 3) {
    delete parent[key];
    Object.defineProperty(parent, pick(random, WORDS), { value: old, enumerable: true, configurable: true });
  } else if (change === 4) parent[key] = [old, old];
  else if (change === 5) parent[key] = { [String(key)]: old };
  else parent[key] = deep(old, 1 + below(random, 400));
  return value;
}

function deep(value: unknown, levels: number): unknown {
  let made = value;
  for (let level = 0; level < levels; level++) made = level % 2 === 0 ? [made] : { a: made };
  return made;
}

interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

function placesOf(value: unknown): Place[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, one]) => [
    { parent: value as Record<string, unknown>, key },
    ...placesOf(one),
  ]);
}
