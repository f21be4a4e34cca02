import type { CaseComparison, Comparison } from "../../domain/report.ts";
import { percent, plural, points } from "../format-numbers.ts";
import { cut, plainLine } from "../plain-text.ts";
import { askedLine } from "./case-blocks.ts";
import { columns } from "./style.ts";

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
 * The cases that pass fewer trials than before. Significant ones come first under the heading `broke`, the
 * others under `fell, perhaps by chance`.
 */
export function brokenLines(comparison: Comparison, width: number, limit: number, more: string): string[] {
  return movedLines(comparison, {
    titles: { sure: "broke", unsure: "fell, perhaps by chance" },
    ids: comparison.cases.broken,
    ...{ width, limit, more },
  });
}

export function fixedLines(comparison: Comparison, width: number, limit: number, more: string): string[] {
  return movedLines(comparison, {
    titles: { sure: "fixed", unsure: "rose, perhaps by chance" },
    ids: comparison.cases.fixed,
    ...{ width, limit, more },
  });
}

interface MovedOptions {
  readonly titles: { readonly sure: string; readonly unsure: string };
  readonly ids: readonly string[];
  readonly width: number;
  /** Maximum number of cases under both headings together. */
  readonly limit: number;
  readonly more: string;
}

function movedLines(comparison: Comparison, { titles, ids, width, limit, more }: MovedOptions): string[] {
  if (ids.length === 0) return [];
  const moved = new Map(comparison.moved.map((one) => [one.id, one]));
  const isSure = (id: string): boolean => moved.get(id)?.significant === true;
  const sure = ids.filter(isSure);
  const unsure = ids.filter((id) => !isSure(id));
  const shownSure = sure.slice(0, limit);
  const shownUnsure = unsure.slice(0, limit - shownSure.length);
  const left = ids.length - shownSure.length - shownUnsure.length;
  return [
    ...movedBlock(comparison, { title: titles.sure, ids: shownSure, width, broke: titles.sure === "broke" }),
    ...movedBlock(comparison, {
      title: titles.unsure,
      ids: shownUnsure,
      width,
      broke: titles.sure === "broke",
    }),
    ...(left > 0 ? [indent(` …${left} more: ${more}`)] : []),
  ];
}

interface MovedBlock {
  readonly title: string;
  readonly ids: readonly string[];
  readonly width: number;
  readonly broke: boolean;
}

function movedBlock(comparison: Comparison, { title, ids, width, broke }: MovedBlock): string[] {
  if (ids.length === 0) return [];
  const moved = new Map(comparison.moved.map((one) => [one.id, one]));
  const examples = new Map(comparison.examples.map((one) => [one.id, one]));
  const known = ids.flatMap((id) => moved.get(id) ?? []);
  const rows = known.map((one) => {
    const example = examples.get(one.id);
    return [
      ` ${cut(plainLine(one.id), 28)}`,
      share(one.baseline),
      share(one.candidate),
      example === undefined ? "" : nowText(example.after, example.reason, broke),
    ];
  });
  const [head = "", ...lines] = columns([[title, "was", "is", "now answers"], ...rows], "  ");
  return [
    "",
    cut(indent(head), width),
    ...lines.flatMap((line, at) => [
      cut(indent(line), width),
      ...askedLine(examples.get(known[at]?.id ?? "")?.input, width),
    ]),
  ];
}

const share = ({ passed, answered }: CaseComparison["baseline"]): string => `${passed}/${answered}`;

function nowText(after: string | null, reason: string, failed: boolean): string {
  const answer = after === null ? "" : JSON.stringify(cut(plainLine(after), 40));
  return failed && reason !== "" ? plainLine(reason) : answer;
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

/** Failure classes that grew compared with the baseline; those that may be chance are marked. */
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
