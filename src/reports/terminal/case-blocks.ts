import type { CaseReport, RunReport } from "../../domain/report.ts";
import { count, percent, shareRange } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { shortReason } from "../short-reason.ts";
import { cut, cutName, shortened } from "./cut.ts";
import { columns, lengthOf } from "./style.ts";

const indent = (line: string): string => `  ${line}`;

/** Limits that keep a report within a screen. */
export interface Limits {
  readonly width: number;
  /** Maximum number of cases under each heading, and of tags; 0 shows none. */
  readonly limit: number;
}

/**
 * Lists cases that never pass, then flaky cases, each with its input. Cases that the report already lists as
 * regressed are left out.
 */
export function worstLines(report: RunReport, limits: Limits): string[] {
  const listed = new Set(report.comparison?.cases.broken);
  const worst = report.worst.filter(({ id }) => !listed.has(id));
  const never = worst.filter((one) => one.passed === 0);
  const flaky = worst.filter((one) => one.passed > 0);
  return [
    ...caseBlock("never pass", never, { ...limits, all: report.never_pass, run: report.header.id }),
    ...caseBlock("flaky", flaky, { ...limits, all: report.flaky, run: report.header.id }),
  ];
}

function caseBlock(
  title: string,
  cases: readonly CaseReport[],
  { width, limit, all, run }: Limits & { readonly all: number | null; readonly run: string },
): string[] {
  const shown = cases.slice(0, limit);
  if (shown.length === 0) return [];
  const rows = columns(
    shown.map((one) => [
      ` ${cutName(plainLine(one.id), Math.floor(width / 2))}`,
      `${one.passed}/${one.answered}`,
      plainLine(one.scorer),
      "",
    ]),
  );
  const wide = Math.max(...rows.map(lengthOf));
  const isPart = all === null || all > shown.length;
  const share = all === null ? "" : `${shown.length} of ${count(all)}; `;
  const more = isPart ? ` (${share}all: evals show ${run} --failing)` : "";
  const lines = rows.flatMap((row, at) => {
    const { reason = "", output = null, input } = shown[at] ?? {};
    const why = shortReason(reason, output, width - wide - 5);
    return [
      cut(indent(`${row}${" ".repeat(wide - lengthOf(row))}   ${why}`.trimEnd()), width),
      ...askedLine(input, width),
    ];
  });
  return [indent(`${title}${more}`), ...lines];
}

/** The line below a case that shows its input; no line when the input is unknown. */
export function askedLine(input: string | undefined, width: number): string[] {
  return input === undefined ? [] : [`     asked: ${shortened(plainLine(input), width - 12)}`];
}

/**
 * Maximum width of the interval of a tag's pass rate, as a share. A tag with a wider or an unknown interval has too few
 * cases for a conclusion.
 */
const INFORMATIVE_WIDTH = 0.5;

/**
 * The tags whose pass rate differs most from the rate of the run, lowest rate first. If the rate of the run is unknown,
 * the tags with the lowest rates. Tags with too few cases are only named, in one line.
 */
export function tagLines({ tags, metrics, comparison }: RunReport, { limit }: Limits): string[] {
  const overall = metrics.pass_rate?.value ?? null;
  const rated = Object.entries(tags).flatMap(([tag, { pass_rate: metric }]) =>
    metric?.value == null ? [] : [{ tag, metric, value: metric.value }],
  );
  if (rated.length < 2) return [];
  const informative = rated.flatMap(({ tag, metric: { low, high }, value }) =>
    low == null || high == null || high - low > INFORMATIVE_WIDTH ? [] : [{ tag, value, low, high }],
  );
  // A tag with a significant change is already listed with the comparison, so it is not listed again.
  const told = new Set(comparison?.tags.filter((one) => one.significant).map(({ tag }) => tag));
  const small = rated.filter(({ tag }) => !told.has(tag) && !informative.some((one) => one.tag === tag));
  const rank = (value: number): number => (overall === null ? value : -Math.abs(value - overall));
  const far = [...informative]
    .sort((a, b) => rank(a.value) - rank(b.value))
    .slice(0, limit)
    .sort((a, b) => a.value - b.value);
  const rows = far.map(({ tag, value, low, high }) => [
    indent(plainLine(tag)),
    percent(value).padStart(7),
    shareRange(low, high),
  ]);
  const some =
    far.length < informative.length
      ? ` (${far.length} of ${informative.length}, ${overall === null ? "with the lowest rates" : "farthest from the rate of the run"})`
      : "";
  return [
    ...(rows.length === 0 ? [] : [indent(`by tag${some}`), ...columns(rows).map(indent)]),
    ...(small.length === 0 ? [] : [indent(smallTags(small))]),
  ];
}

/** Maximum number of small tags named. */
const MAX_SMALL = 6;

function smallTags(small: readonly { readonly tag: string; readonly value: number }[]): string {
  const lowest = [...small].sort((a, b) => a.value - b.value);
  const named = lowest.slice(0, MAX_SMALL).map(({ tag }) => plainLine(tag));
  const more = lowest.length > MAX_SMALL ? `, and ${lowest.length - MAX_SMALL} more` : "";
  return `tags with too few cases to tell: ${named.join(", ")}${more}`;
}
