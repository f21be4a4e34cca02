import type { CaseComparison, CaseExample, Comparison } from "../../domain/report.ts";
import { percent, plural, points } from "../format-numbers.ts";
import { movedIds, movedWord, unsureWords, type Way } from "../moved-words.ts";
import { plainLine } from "../plain-text.ts";
import { shortReason } from "../short-reason.ts";
import { askedLine } from "./case-blocks.ts";
import { cut, cutName } from "./cut.ts";
import { columns, lengthOf } from "./style.ts";

export const indent = (line: string): string => `  ${line}`;

/** Folds a text into indented lines of at most `width` columns. */
export function sentence(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plainLine(text).split(" ")) {
    if (line !== "" && line.length + word.length + 3 > width) {
      lines.push(indent(line));
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent(line)];
}

/**
 * The cases that pass fewer trials than in the baseline. Under the heading `broke` are the cases whose drop chance
 * does not explain, under `fell` the others.
 */
export function brokenLines(comparison: Comparison, width: number, limit: number, more: string): string[] {
  return movedLines(comparison, { way: "broken", width, limit, more });
}

export function fixedLines(comparison: Comparison, width: number, limit: number, more: string): string[] {
  return movedLines(comparison, { way: "fixed", width, limit, more });
}

interface MovedOptions {
  readonly way: Way;
  readonly width: number;
  /** Maximum number of cases under the two headings together, such as `broke` and `fell`. */
  readonly limit: number;
  /** How to see the cases that are not listed, for instance `--json lists all`. */
  readonly more: string;
}

function movedLines(comparison: Comparison, { way, width, limit, more }: MovedOptions): string[] {
  const { sure, unsure } = movedIds(comparison, way);
  const shownSure = sure.slice(0, limit);
  const shownUnsure = unsure.slice(0, limit - shownSure.length);
  const left = sure.length + unsure.length - shownSure.length - shownUnsure.length;
  return [
    ...movedBlock(comparison, { title: [movedWord(way, true)], ids: shownSure, width, way }),
    ...movedBlock(comparison, {
      title: [movedWord(way, false), unsureWords(way, comparison.verdict)],
      ids: shownUnsure,
      width,
      way,
    }),
    ...(left > 0 ? [indent(` …${left} more: ${more}`)] : []),
  ];
}

interface MovedBlock {
  /** First the word for these cases, such as `fell`; second, in words, how certain their change is. */
  readonly title: readonly [string, string?];
  readonly ids: readonly string[];
  readonly width: number;
  readonly way: Way;
}

function movedBlock(comparison: Comparison, { title: [word, known], ids, width, way }: MovedBlock): string[] {
  if (ids.length === 0) return [];
  const moved = new Map(comparison.moved.map((one) => [one.id, one]));
  const examples = new Map(comparison.examples.map((one) => [one.id, one]));
  const listed = ids.flatMap((id) => moved.get(id) ?? []);
  const counts = columns(
    [
      [word, "was", "is", ""],
      ...listed.map((one) => [
        ` ${cutName(plainLine(one.id), MAX_ID)}`,
        share(one.baseline),
        share(one.candidate),
        "",
      ]),
    ],
    "  ",
  );
  const wide = Math.max(...counts.map(lengthOf));
  const withAnswer = (line: string, text: string): string =>
    cut(indent(`${line}${" ".repeat(wide - lengthOf(line))}  ${text}`.trimEnd()), width);
  const [head = "", ...lines] = counts;
  return [
    "",
    ...(known === undefined ? [] : [indent(`${word}: ${known}`)]),
    withAnswer(known === undefined ? head : head.replace(word, " ".repeat(word.length)), "now answers"),
    ...lines.flatMap((line, at) => {
      const example = examples.get(listed[at]?.id ?? "");
      return [
        withAnswer(line, example === undefined ? "" : nowText(example, way, width - wide - 4)),
        ...askedLine(example?.input, width),
      ];
    }),
  ];
}

/** Maximum columns of a case's id beside its answer. */
const MAX_ID = 28;

const share = ({ passed, answered }: CaseComparison["baseline"]): string => `${passed}/${answered}`;

function nowText({ after, reason }: CaseExample, way: Way, width: number): string {
  if (way === "broken" && reason !== "") return shortReason(reason, after, width);
  return after === null ? "" : cut(JSON.stringify(cut(plainLine(after), 40)), width);
}

/**
 * The tags that became better or worse, for instance "wins on `shipping` (+4.0), loses on `billing` (−18.2)".
 */
export function tagLine({ tags }: Comparison, width: number): string[] {
  const sure = tags.filter((one) => one.significant);
  const wins = sure
    .filter((one) => one.delta > 0)
    .map((one) => `\`${plainLine(one.tag)}\` (${points(one.delta)})`);
  const losses = sure
    .filter((one) => one.delta < 0)
    .map((one) => `\`${plainLine(one.tag)}\` (${points(one.delta)})`);
  if (wins.length === 0 && losses.length === 0) return [];
  const parts = [
    ...(wins.length > 0 ? [`wins on ${wins.slice(0, 3).join(", ")}`] : []),
    ...(losses.length > 0 ? [`loses on ${losses.slice(0, 3).join(", ")}`] : []),
  ];
  return [cut(indent(parts.join(", ")), width)];
}

/** Failure classes with more failed trials than in the baseline. A growth that may be chance is marked. */
export function growthLines({ failures = [] }: Comparison, width: number): string[] {
  if (failures.length === 0) return [];
  const rows = failures.map(({ class: name, baseline, candidate, delta, significant }) => [
    ` ${name}`,
    `${percent(baseline)} → ${percent(candidate)}`,
    points(delta),
    significant ? "" : "perhaps by chance",
  ]);
  const [head = "", ...lines] = columns([["failures that grew", "", "points", ""], ...rows], "  ");
  return ["", ...[head, ...lines].map((line) => cut(indent(line), width))];
}

/** What the prompt's version number promised, and whether the promise was kept. */
export function contractLines({ contract }: Comparison, width: number): string[] {
  return contract === undefined ? [] : ["", ...sentence(contract.said, width)];
}

/** New, removed, changed and missing cases, one line each. */
export function listLines({ cases }: Comparison, width: number): string[] {
  const line = (title: string, ids: readonly string[]): string[] =>
    ids.length === 0
      ? []
      : [
          cut(
            indent(
              `${title}: ${plural(ids.length, "case")} (${ids.slice(0, 5).map(plainLine).join(", ")}${ids.length > 5 ? ", …" : ""})`,
            ),
            width,
          ),
        ];
  return [
    ...line("new", cases.new),
    ...line("removed", cases.removed),
    ...line("changed, not compared", cases.changed),
    ...line("without an answer on one side", cases.missing),
  ];
}
