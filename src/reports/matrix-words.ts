import type { Matrix, MatrixCase, MatrixDifference, MatrixTarget } from "../domain/matrix.ts";
import { dollars, duration, percent, plural, points, shareRange } from "./format-numbers.ts";
import { plainLine } from "./plain-text.ts";

/** Maximum number of cases listed. If there are more, the cases on which the targets differ most are listed. */
const MAX_CASES = 30;
/** Maximum number of a case's trials shown as marks. If the case has more trials, their counts are shown. */
const MAX_MARKS = 12;

/** The symbols of a trial's outcomes: `1` passed, `0` failed, `e` errored, `?` not scored, `-` not asked. */
export const UNICODE = { "1": "●", "0": "○", e: "!", "?": "?", "-": "·" } as const;
export const ASCII = { "1": "+", "0": "x", e: "!", "?": "?", "-": "." } as const;
export type Marks = typeof UNICODE | typeof ASCII;

/**
 * The cases to list. If they are few enough, all cases in the dataset's order. Otherwise the cases on which the targets
 * differ most, largest difference first; of equal differences, the case with the lowest pass rate comes first.
 */
export function shownCases(cases: readonly MatrixCase[]): readonly MatrixCase[] {
  if (cases.length <= MAX_CASES) return cases;
  const rated = cases.map((one, at) => {
    const shares = one.marks.flatMap((marks) => shareOf(marks) ?? []);
    const lowest = Math.min(1, ...shares);
    return { one, at, lowest, spread: Math.max(0, ...shares) - lowest };
  });
  rated.sort((a, b) => b.spread - a.spread || a.lowest - b.lowest || a.at - b.at);
  return rated.slice(0, MAX_CASES).map(({ one }) => one);
}

/** Share of the scored trials that passed; undefined without a scored trial. */
function shareOf(marks: string): number | undefined {
  const passed = Array.from(marks).filter((mark) => mark === "1").length;
  const scored = passed + Array.from(marks).filter((mark) => mark === "0").length;
  return scored === 0 ? undefined : passed / scored;
}

export const FOOT = ["pass rate", "95 %", "cost", "p95"] as const;

export function footCells({ pass_rate, cost_usd, latency_p95 }: MatrixTarget): string[] {
  const { value, low, high } = pass_rate;
  return [
    value === null ? "unknown" : percent(value),
    shareRange(low, high) || "unknown",
    cost_usd === null ? "unknown" : dollars(cost_usd),
    latency_p95 === null ? "unknown" : duration(latency_p95),
  ];
}

/** The trials of a case: `●●●○○`, or `12/15` for many trials; `—` when the case was not run on the target. */
export function drawn(trials: string, marks: Marks): string {
  if (trials === "") return "—";
  if (trials.length <= MAX_MARKS)
    return Array.from(trials, (mark) => marks[mark as keyof Marks] ?? "?").join("");
  const passed = Array.from(trials).filter((mark) => mark === "1").length;
  const asked = Array.from(trials).filter((mark) => mark !== "-").length;
  return `${passed}/${asked}`;
}

/**
 * The differences between targets: a headline, then the significant differences with their sizes, then the
 * number of the other differences. Names are made safe for one line. Empty when no targets were compared.
 */
export function differenceSentences({ differences }: Pick<Matrix, "differences">): string[] {
  if (differences.length === 0) return [];
  const sure = differences.filter((one) => one.sure).sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
  const others = differences.length - sure.length;
  if (sure.length === 0) {
    const [only, second] = differences;
    const size = only === undefined || second !== undefined ? "" : ` (${sizeOf(only)})`;
    return [
      `No difference between these targets is sure: chance alone could cause ${second === undefined ? "it" : "each"}${size}.`,
    ];
  }
  return [
    `sure differences, case by case${differences.length > 1 ? `, corrected for ${differences.length} comparisons` : ""}`,
    ...sure.map(sentenceOf),
    ...(others === 0
      ? []
      : [`${plural(others, "other difference is", "other differences are")} not sure: --json lists them`]),
  ];
}

function sentenceOf(one: MatrixDifference): string {
  const [better, worse] = one.delta > 0 ? [one.b, one.a] : [one.a, one.b];
  const p = one.p < 0.0001 ? "p < 0.0001" : `p ${one.p.toFixed(4)}`;
  return `${plainLine(better)} is better than ${plainLine(worse)} by ${sizeOf(one)}, ${p}`;
}

/** The size of a difference with its interval, for instance `8.3 points (3.1 to 13.5)`. */
function sizeOf({ delta, low, high }: MatrixDifference): string {
  const [from, to] = delta < 0 ? [-high, -low] : [low, high];
  const bare = (share: number): string => points(share).replace("+", "");
  return `${bare(Math.abs(delta))} points (${bare(from)} to ${bare(to)})`;
}
