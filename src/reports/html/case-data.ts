import type { CaseAnswers, CaseRow, ReportedRun } from "../../domain/report.ts";
import { isTelling } from "../case-standing.ts";
import { cut } from "../plain-text.ts";
import { scriptJson, visible } from "./html-text.ts";

/** More rows than this make a table that nobody scrolls; then only the telling cases are in it. */
export const MOST_CASES = 10_000;
/** Tried in turn where whole answers do not fit, in letters of each text. */
const ANSWER_LENGTHS = [20_000, 10_000, 5_000, 2_500, 1_200, 600, 300, 150, 40];

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
  const rows = rowData(run, bytes * 0.4);
  const { answers, cutAfter } = answerData(run, rows.told, bytes - rows.bytes);
  return { ...rows, rows: `[${rows.parts.join(",\n")}]`, answers, cutAfter };
}

/** Rows of telling cases first, then the others while there is room. */
function rowData({ report, rows }: ReportedRun, most: number) {
  const { header } = report;
  const tags = new Map<string, number>();
  const telling = boundedList(most);
  const rest = boundedList(header.cases <= MOST_CASES ? most : 0);
  /** Places of the rows that have answers, in order. */
  const told = new Set<number>();
  const bins = ["passed trials of a case", ...header.scorers.map(({ name }) => name)].map((name) => ({
    name,
    bins: Array.from({ length: 10 }, () => 0),
  }));
  let place = -1;
  for (const row of rows()) {
    place++;
    countShares(row, bins);
    const tells = isTelling(row);
    const text = scriptJson(rowTuple(row, tells ? told.size : -1, tags));
    if (!tells) rest.add(text);
    else if (telling.add(text)) told.add(place);
  }
  const names = scriptJson([...tags.keys()]);
  const all = boundedList(most);
  for (const text of [...telling.parts, ...rest.parts]) all.add(text);
  const shown = all.parts.length;
  return {
    parts: [names, ...all.parts],
    told,
    bytes: all.bytes() + Buffer.byteLength(names),
    shown,
    leftOut: place + 1 - shown,
    distributions: bins,
  };
}

/** Texts until there are too many of them, in number or in bytes. */
function boundedList(most: number) {
  const parts: string[] = [];
  let bytes = 0;
  return {
    parts,
    bytes: () => bytes,
    add: (text: string): boolean => {
      const size = Buffer.byteLength(text) + 2;
      if (parts.length >= MOST_CASES || bytes + size > most) return false;
      bytes += size;
      parts.push(text);
      return true;
    },
  };
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

/** The answers as they are, or all cut alike where they are too long together. */
function answerData(run: ReportedRun, told: ReadonlySet<number>, room: number) {
  const whole = answersWithin(run, told, Number.POSITIVE_INFINITY, room);
  if (whole.answers !== null) return { answers: whole.answers, cutAfter: null };
  const letters = lettersOf(run, told);
  for (const most of ANSWER_LENGTHS) {
    const about = letters.reduce((sum, many) => sum + Math.min(many, most), 0) * whole.bytesPerLetter;
    if (about > room) continue;
    const { answers } = answersWithin(run, told, most, room);
    if (answers !== null) return { answers, cutAfter: most };
  }
  return { answers: "[]", cutAfter: 0 };
}

const textsOf = ({
  input,
  output,
  before,
  expected,
  scorer,
  reason,
  error,
}: CaseAnswers): (string | null)[] => [
  output,
  before,
  expected,
  scorer,
  reason,
  error?.kind ?? null,
  error?.message ?? null,
  input,
];

function* toldAnswers({ rows }: ReportedRun, told: ReadonlySet<number>): Generator<CaseAnswers> {
  let place = -1;
  for (const row of rows()) {
    place++;
    if (told.has(place)) yield row.answers();
  }
}

/** How long each text is. */
function lettersOf(run: ReportedRun, told: ReadonlySet<number>): number[] {
  const letters: number[] = [];
  for (const answers of toldAnswers(run, told))
    for (const text of textsOf(answers)) letters.push(text?.length ?? 0);
  return letters;
}

/** JSON of the answers as a list, each text cut after `most` letters; null as soon as they do not fit. */
function answersWithin(run: ReportedRun, told: ReadonlySet<number>, most: number, room: number) {
  const parts: string[] = [];
  let bytes = 0;
  let letters = 0;
  for (const answers of toldAnswers(run, told)) {
    const whole = textsOf(answers);
    // Not even read letter by letter: one answer may be as long as a hundred pages like this.
    if (whole.some((text) => Math.min(text?.length ?? 0, most) > room))
      return { answers: null, bytesPerLetter: 1 };
    const texts = whole.map((text) => (text === null || text.length <= most ? text : cut(text, most)));
    const written = scriptJson([
      answers.trial,
      ...texts.map((text) => (text === null ? null : visible(text))),
    ]);
    bytes += Buffer.byteLength(written) + 2;
    letters += texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
    if (bytes > room) return { answers: null, bytesPerLetter: bytes / Math.max(1, letters) };
    parts.push(written);
  }
  return { answers: `[${parts.join(",\n")}]`, bytesPerLetter: bytes / Math.max(1, letters) };
}
