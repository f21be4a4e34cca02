import type { CaseRow, ReportedRun } from "../../domain/report.ts";
import { isTelling } from "../case-standing.ts";
import { cut } from "../plain-text.ts";
import { scriptJson, visible } from "./html-text.ts";

/** More rows than this make a table that nobody scrolls; then only the telling cases are in it. */
export const MOST_CASES = 10_000;
const MOST_ROW_BYTES = 5_000_000;
/** Tried in turn until all answers fit: whole ones first. */
const ANSWER_LENGTHS = [Number.POSITIVE_INFINITY, 20_000, 4_000, 1_000, 200, 40];

/** How often a share or score fell into each tenth of [0, 1]; the last holds 1. */
export interface Distribution {
  readonly name: string;
  readonly bins: readonly number[];
}

/** The table's part of a page. */
export interface CaseData {
  /** JSON of the rows and of their answers, safe inside a `<script>`. */
  readonly rows: string;
  readonly answers: string;
  readonly shown: number;
  readonly leftOut: number;
  /** Letters after which answers were cut; null when they are whole. */
  readonly cutAfter: number | null;
  readonly distributions: readonly Distribution[];
}

/**
 * Rows and answers of a run in at most so many bytes, whatever its models said: answers of cases that failed or moved,
 * whole where there is room.
 */
export function caseData(run: ReportedRun, bytes: number): CaseData {
  const rows = rowData(run);
  const { answers, cutAfter } = answerData(run, rows.told, bytes - rows.bytes);
  return { ...rows, rows: `[${rows.parts.join(",\n")}]`, answers, cutAfter };
}

function rowData({ report, rows }: ReportedRun) {
  const { header } = report;
  const all = header.cases <= MOST_CASES;
  const tags = new Map<string, number>();
  const parts: string[] = [];
  /** Places of the rows that have answers, in order. */
  const told = new Set<number>();
  const bins = ["passed trials of a case", ...header.scorers.map(({ name }) => name)].map((name) => ({
    name,
    bins: Array.from({ length: 10 }, () => 0),
  }));
  let bytes = 0;
  let leftOut = 0;
  let place = -1;
  for (const row of rows()) {
    place++;
    countShares(row, bins);
    const telling = isTelling(row);
    if (!(all || telling) || parts.length >= MOST_CASES || bytes > MOST_ROW_BYTES) {
      leftOut++;
      continue;
    }
    if (telling) told.add(place);
    const text = scriptJson(rowTuple(row, telling ? told.size - 1 : -1, tags));
    bytes += Buffer.byteLength(text) + 2;
    parts.push(text);
  }
  const shown = parts.length;
  parts.unshift(scriptJson([...tags.keys()]));
  return { parts, told, bytes, shown, leftOut, distributions: bins };
}

function countShares(row: CaseRow, bins: readonly { readonly bins: number[] }[]): void {
  const shares = [row.answered === 0 ? null : row.passed / row.answered, ...row.scores];
  for (const [at, share] of shares.entries()) {
    const into = bins[at]?.bins;
    if (share === null || into === undefined) continue;
    const bin = Math.min(9, Math.max(0, Math.floor(share * 10)));
    into[bin] = (into[bin] ?? 0) + 1;
  }
}

/** What the page's script reads by place; see `page-script.ts`. */
function rowTuple(row: CaseRow, answer: number, tags: Map<string, number>): unknown[] {
  const places = row.tags.slice(0, 20).map((tag) => {
    const name = visible(cut(tag, 60));
    const known = tags.get(name) ?? tags.size;
    tags.set(name, known);
    return known;
  });
  return [
    visible(cut(row.id, 200)),
    row.passed,
    row.answered,
    row.errored,
    row.planned > 50 ? "" : row.trials,
    places,
    row.change,
    row.significant ? 1 : 0,
    row.baseline === null ? null : [row.baseline.passed, row.baseline.answered],
    row.line,
    row.scores.map((score) => (score === null ? null : Number(score.toFixed(3)))),
    answer,
  ];
}

function answerData(run: ReportedRun, told: ReadonlySet<number>, bytes: number) {
  for (const most of ANSWER_LENGTHS) {
    const parts = answersWithin(run, told, most, bytes);
    if (parts !== null)
      return { answers: `[${parts.join(",\n")}]`, cutAfter: Number.isFinite(most) ? most : null };
  }
  return { answers: "[]", cutAfter: 0 };
}

/** Null as soon as they do not fit. */
function answersWithin(
  { rows }: ReportedRun,
  told: ReadonlySet<number>,
  most: number,
  room: number,
): string[] | null {
  const parts: string[] = [];
  let left = room;
  let place = -1;
  for (const row of rows()) {
    place++;
    if (!told.has(place)) continue;
    const { trial, output, before, expected, scorer, reason, error } = row.answers();
    const short = (text: string | null): string | null =>
      text === null ? null : visible(text.length <= most ? text : cut(text, most));
    const text = scriptJson([
      trial,
      short(output),
      short(before),
      short(expected),
      short(scorer),
      short(reason),
      error === null ? null : [error.kind, short(error.message)],
    ]);
    left -= Buffer.byteLength(text) + 2;
    if (left < 0) return null;
    parts.push(text);
  }
  return parts;
}
