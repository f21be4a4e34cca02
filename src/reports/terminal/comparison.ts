import type { CaseComparison, Comparison, MetricComparison, RunReport } from "../../domain/report.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { count, percent, plural, points } from "../format-numbers.ts";
import { cut, plainLine } from "../plain-text.ts";
import { answerDiff } from "./answer-diff.ts";
import { columns, type Style } from "./style.ts";

/** So many broken cases are shown; `evals diff` shows the rest. */
const MOST_SHOWN = 5;

const indent = (line: string): string => `  ${line}`;

/** The sentence of a verdict that a person must see first: a regression. */
export function headVerdictLines(report: RunReport, style: Style, width: number): string[] {
  const { comparison } = report;
  if (comparison === null || report.gate.verdict !== "regressed") return [];
  return [
    ...sentence(comparison.said, width).map((line) => style.strong(line)),
    ...wasIs(comparison, report.end),
    ...chanceLine(comparison),
    ...acceptedLines(report, width),
  ];
}

function sentence(text: string, width: number): string[] {
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

function wasIs({ metrics }: Comparison, end: RunReport["end"]): string[] {
  const [row] = metrics;
  if (row?.baseline === null || row?.candidate === null || row === undefined) return [];
  const now =
    end.kind === "decided"
      ? `and ${percent(row.candidate)} when that was clear`
      : `it is ${percent(row.candidate)}`;
  return [indent(`It was ${percent(row.baseline)}, ${now}.`)];
}

/** "By chance alone this happens once in 4,000 runs." */
function chanceLine({ metrics }: Comparison): string[] {
  const p = metrics.find((one) => one.verdict === "regressed")?.p;
  if (p === null || p === undefined) return [];
  const odds =
    p < 1e-9
      ? "less than once in a billion runs"
      : `once in ${Math.round(1 / p)
          .toString()
          .replace(/\B(?=(\d{3})+$)/g, ",")} runs`;
  return [indent(`By chance alone this happens ${odds}.`)];
}

/** A regression that the change itself accepts, with its reason. */
function acceptedLines({ gate }: RunReport, width: number): string[] {
  const said = gate.rules.flatMap((rule) =>
    rule.outcome === "passed" && rule.said !== undefined && / accepted: /.test(rule.said) ? [rule.said] : [],
  );
  return said.flatMap((text) => sentence(text, width));
}

/** What the comparison with the baseline shows, below the run's own numbers. */
export function comparisonLines(report: RunReport, width: number): string[] {
  const { comparison } = report;
  if (comparison === null) return [];
  const against = `against ${plainLine(comparison.baseline.side)} (${plainLine(comparison.baseline.target)}, ${plural(comparison.baseline.trials, "trial")} a case)`;
  return [
    cut(indent(against), width),
    ...(report.gate.verdict === "regressed" ? [] : sentence(comparison.said, width)),
    ...stopLines(report),
    ...brokenLines(comparison, width, MOST_SHOWN, `evals diff ${report.header.id}`),
    ...tagLine(comparison, width),
    ...contractLines(comparison, width),
    ...listLines(comparison, width),
  ];
}

function stopLines({ end, counts }: RunReport): string[] {
  if (end.kind !== "decided") return [];
  const ended = counts.trials - counts.not_needed;
  return [
    indent(`stopped after ${ended} of ${counts.trials} trials: the rest could not change the verdict`),
    indent("(the interval is a repeated one; after an early stop an estimate is exaggerated)"),
  ];
}

/** `broke  was  is  now answers`, strongest evidence first. */
export function brokenLines(comparison: Comparison, width: number, most: number, more: string): string[] {
  return movedLines(comparison, { title: "broke", ids: comparison.cases.broken, width, most, more });
}

export function fixedLines(comparison: Comparison, width: number, most: number, more: string): string[] {
  return movedLines(comparison, { title: "fixed", ids: comparison.cases.fixed, width, most, more });
}

interface MovedOptions {
  readonly title: string;
  readonly ids: readonly string[];
  readonly width: number;
  readonly most: number;
  readonly more: string;
}

function movedLines(comparison: Comparison, { title, ids, width, most, more }: MovedOptions): string[] {
  if (ids.length === 0) return [];
  const moved = new Map(comparison.moved.map((one) => [one.id, one]));
  const examples = new Map(comparison.examples.map((one) => [one.id, one]));
  const rows = ids.slice(0, most).flatMap((id) => {
    const one = moved.get(id);
    const example = examples.get(id);
    const now = example === undefined ? "" : nowText(example.after, example.reason, title === "broke");
    return one === undefined
      ? []
      : [
          [
            ` ${cut(plainLine(id), 28)}`,
            share(one.baseline),
            share(one.candidate),
            one.significant ? "sure" : "",
            now,
          ],
        ];
  });
  const lines = columns([[title, "was", "is", "", "now answers"], ...rows], "  ").map((line) =>
    cut(indent(line), width),
  );
  return ["", ...lines, ...(ids.length > most ? [indent(` …${ids.length - most} more: ${more}`)] : [])];
}

const share = ({ passed, answered }: CaseComparison["baseline"]): string => `${passed}/${answered}`;

function nowText(after: string | null, reason: string, failed: boolean): string {
  const answer = after === null ? "" : JSON.stringify(cut(plainLine(after), 40));
  return failed && reason !== "" ? plainLine(reason) : answer;
}

/** "wins on `shipping` (+4.0), loses on `billing` (−18.2)". */
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

/** What the prompt's version declared, and whether it held. */
function contractLines({ contract }: Comparison, width: number): string[] {
  return contract === undefined ? [] : ["", ...sentence(contract.said, width)];
}

/** New, removed, changed and missing cases, each in one line. */
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

const WORDS: Readonly<Record<Verdict, string>> = {
  regressed: "REGRESSED",
  incomparable: "INCOMPARABLE",
  inconclusive: "NOT ENOUGH EVIDENCE",
  small_drop: "SMALL DROP",
  no_regression: "NO REGRESSION",
  improved: "IMPROVED",
};

/** One comparison for a person: verdict, metrics, what broke and was fixed, tags, what was not compared. */
export function comparisonReport(comparison: Comparison, style: Style, width: number): string {
  const tone =
    comparison.verdict === "regressed"
      ? style.bad
      : comparison.verdict === "inconclusive" || comparison.verdict === "incomparable"
        ? style.unsure
        : style.good;
  const blocks = [
    [
      `${tone(WORDS[comparison.verdict])}  ${style.strong(plainLine(comparison.suite))}`,
      cut(
        indent(
          `baseline   ${plainLine(comparison.baseline.side)}   ${plainLine(comparison.baseline.target)}`,
        ),
        width,
      ),
      cut(
        indent(
          `candidate  ${plainLine(comparison.candidate.side)}   ${plainLine(comparison.candidate.target)}`,
        ),
        width,
      ),
    ],
    sentence(comparison.said, width),
    metricTable(comparison.metrics),
    scopeLines(comparison),
    [
      ...brokenLines(comparison, width, 10, "--json lists all"),
      ...fixedLines(comparison, width, 5, "--json lists all"),
    ].slice(1),
    [...tagLine(comparison, width), ...flakyLine(comparison), ...listLines(comparison, width)],
    answerLines(comparison, style, width),
    contractLines(comparison, width).slice(1),
    againLines(comparison),
  ];
  return `${blocks
    .map((lines) => lines.join("\n"))
    .filter((text) => text !== "")
    .join("\n\n")}\n`;
}

const metricName = (metric: string): string =>
  metric === "pass_rate" ? "pass rate" : metric.replace(/^score\./, "");

function metricTable(metrics: readonly MetricComparison[]): string[] {
  const number = (value: number | null): string => (value === null ? "—" : (value * 100).toFixed(1));
  const rows = metrics.map((row) => [
    indent(plainLine(metricName(row.metric))),
    `${number(row.baseline)} → ${number(row.candidate)} %`,
    row.delta === null ? "—" : points(row.delta),
    row.low === null || row.high === null ? "—" : `${points(row.low)} to ${points(row.high)}`,
    row.p === null ? "" : `p ${row.p < 0.0001 ? "< 0.0001" : row.p.toFixed(4)}`,
    row.verdict.replace("_", " "),
  ]);
  return columns([[indent(""), "", "points", "90 %", "drop", ""], ...rows], "  ");
}

/** The two questions that hide in one difference, each with its interval. */
function scopeLines({ population, detectable_drop, cases, metrics, metric }: Comparison): string[] {
  const row = metrics.find((one) => one.metric === (metric ?? "pass_rate"));
  if (row === undefined || row.low === null || row.high === null) return [];
  const range = (low: number, high: number): string => `${points(low)} to ${points(high)} points`;
  const rows = [
    [
      indent(`on ${cases.paired === 1 ? "this case" : `these ${count(cases.paired)} cases`}`),
      range(row.low, row.high),
    ],
    ...(population === null ? [] : [[indent("on cases like these"), range(population.low, population.high)]]),
  ];
  const name = plainLine(metricName(row.metric));
  const lines = [indent(`${name}, 90 % interval of the difference`), ...columns(rows, "  ").map(indent)];
  if (detectable_drop !== null)
    lines.push(indent(`this size shows a drop of ${(detectable_drop * 100).toFixed(1)} points 4 times in 5`));
  return lines;
}

/** So many cases are shown with what changed in their answer, each in so many lines. */
const MOST_ANSWERS = 3;
const ANSWER_LINES = 4;

/** The first broken cases with their answers before and after; a fixed one where none broke. */
function answerLines({ cases, examples }: Comparison, style: Style, width: number): string[] {
  const known = new Map(examples.map((one) => [one.id, one]));
  const ids = cases.broken.length > 0 ? cases.broken.slice(0, MOST_ANSWERS) : cases.fixed.slice(0, 1);
  const lines = ids.flatMap((id) => {
    const { before = null, after = null } = known.get(id) ?? {};
    return before === null || after === null
      ? []
      : [
          indent(` ${cut(plainLine(id), width - 3)}`),
          ...answerDiff(before, after, { style, width, most: ANSWER_LINES }),
        ];
  });
  return lines.length === 0 ? [] : [indent("answers before and after: [-gone-] {+new+}"), ...lines];
}

/** What to type when the scorers of two stored runs are not the same. */
function againLines({ verdict, baseline, cases }: Comparison): string[] {
  return verdict === "incomparable" && cases.paired > 0 && baseline.run !== null
    ? [indent(`to judge its answers by today's scorers: evals rescore ${baseline.run}`)]
    : [];
}

function flakyLine({ cases }: Comparison): string[] {
  return cases.flaky.length === 0
    ? []
    : [
        indent(
          `${plural(cases.flaky.length, "case")} of the candidate ${cases.flaky.length === 1 ? "passes" : "pass"} only sometimes`,
        ),
      ];
}
