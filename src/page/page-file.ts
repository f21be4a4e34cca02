import { deflateRawSync } from "node:zlib";
import type { Matrix } from "../domain/matrix.ts";
import type { OpenedRun, RunReport } from "../domain/report.ts";
import type { CaseIndex, ViewedPart, ViewedRun, ViewedSide, ViewedTranscript } from "../domain/viewed-run.ts";
import { count, plural } from "../reports/format-numbers.ts";
import { headline, runName } from "../reports/headline.ts";
import { cut } from "../reports/plain-text.ts";
import { type PageAssets, readPageAssets } from "./page-assets.ts";
import type { CaseWithTrials, IndexDocument, PageRun, RunDocument, TrialParts } from "./page-documents.ts";
import { dataElement, packedElement, pageHtml } from "./page-html.ts";
import { pageJson, scriptJson } from "./page-text.ts";

declare const EVALS_VERSION: string;

/** Maximum bytes of the data. It keeps the whole page below 20 MB, the usual limit of e-mail and chat. */
const MAX_BYTES = 18_500_000;
/** Possible limits for the characters of a text. The first limit with which all failed and changed cases fit is used. */
const TEXT_LENGTHS = [200_000, 20_000, 4_000, 1_000, 250];
/** Characters of JSON in one answer page, before compression. */
const PAGE_LETTERS = 400_000;
/**
 * Maximum characters of JSON in all answer pages together. It limits the time for writing the file, even if the
 * pages compress well.
 */
const MAX_LETTERS = 150_000_000;
/** Maximum number of cases from which the size of all failed and changed cases is estimated. */
const SAMPLE = 60;
/**
 * Share of the space that cases with conversations may fill; later cases are included without their
 * conversations.
 */
const WHOLE_TRIALS = 0.6;

/** A run in a file, compared with its own baseline or with another run. */
export interface RunOfFile {
  /** Key of the run in addresses. */
  readonly key: string;
  readonly run: OpenedRun;
}

/**
 * A self-contained page: the runs, the index of their cases, and their answers in compressed pages.
 *
 * @param matrices for each suite with several targets, a comparison of the targets; the page opens on a matrix that
 * has all runs
 */
export async function pageFile(
  runs: readonly RunOfFile[],
  matrices: readonly Matrix[] = [],
  assets: PageAssets = readPageAssets(),
): Promise<string> {
  const documents = await Promise.all(runs.map(runDocument));
  const first = documents.map((one, at) => dataElement(`run-${at}`, scriptJson(one)));
  const used = first.reduce((sum, text) => sum + Buffer.byteLength(text), assets.script.length + 40_000);
  const space = Math.floor((MAX_BYTES - used) / Math.max(1, runs.length));
  const rest: string[] = [];
  for (const [at, { run }] of runs.entries()) rest.push(...(await caseElements(await run.view(), at, space)));
  return pageHtml(assets, {
    title: titleOf(runs),
    plain: titleOf(runs),
    start: {
      mode: "file",
      version: EVALS_VERSION,
      runs: documents.map(pageRun),
      matrices: matrices.map(({ cases: _, ...matrix }) => matrix),
    },
    first,
    rest,
  });
}

const pageRun = ({ key, summary }: RunDocument): PageRun => ({ key, summary });

function titleOf(runs: readonly RunOfFile[]): string {
  const first = runs.find(({ run }) => run.report.gate.outcome !== "not_gated") ?? runs[0];
  if (first === undefined) return "evals";
  const { report } = first.run;
  const more = runs.length > 1 ? ` and ${plural(runs.length - 1, "more run")}` : "";
  return `${headline(report).word} ${cut(runName(report.header), 80)}${more}`;
}

export async function runDocument({ key, run }: RunOfFile): Promise<RunDocument> {
  const { summary, prompts } = await run.view();
  return { key, summary, report: withoutMoved(run.report), history: await run.history(), prompts };
}

/**
 * A report without its lists of changed cases. The index has these lists; in the report they would delay the display
 * of a large run's verdict.
 */
function withoutMoved(report: RunReport): RunReport {
  const { comparison } = report;
  if (comparison === null) return report;
  const cases = { ...comparison.cases, broken: [], fixed: [], flaky: [] };
  return { ...report, comparison: { ...comparison, cases, moved: [], examples: [] } };
}

/** The index of a run's cases, and as many answers as fit. */
async function caseElements(view: ViewedRun, at: number, space: number): Promise<string[]> {
  const index = await view.index();
  const base = { ...index, page_of: [], left_out: "" };
  const left = space - Buffer.byteLength(scriptJson(base)) - index.ids.length * 4;
  const packed = await packAnswers(view, index, left);
  const whole: IndexDocument = { ...index, page_of: packed.pageOf, left_out: packed.leftOut };
  return [
    dataElement(`index-${at}`, scriptJson(whole)),
    ...packed.pages.map((text, page) => packedElement(`answers-${at}-${page}`, text)),
  ];
}

interface PackedAnswers {
  readonly pages: readonly string[];
  readonly pageOf: readonly number[];
  /** Sentences that say what was left out; empty when nothing was left out. */
  readonly leftOut: string;
}

/**
 * Packs the answers of as many cases as fit. Cases that failed or changed come first; if these cases do not fit, all
 * texts are truncated.
 */
async function packAnswers(view: ViewedRun, index: CaseIndex, space: number): Promise<PackedAnswers> {
  const order = informativeFirst(index);
  const largest = await textLength(view, order, space);
  const packed = await packWithin(view, order, space, largest);
  return { pages: packed.pages, pageOf: packed.pageOf, leftOut: leftOutSentence(packed, index.ids.length) };
}

/** The maximum text length, estimated from a sample of the cases that failed or changed. */
async function textLength(
  view: ViewedRun,
  { indexes, informative }: CaseOrder,
  space: number,
): Promise<number> {
  const step = Math.max(1, Math.ceil(informative / SAMPLE));
  const sample = indexes.slice(0, informative).filter((_, at) => at % step === 0);
  for (const largest of TEXT_LENGTHS) {
    const parts: string[] = [];
    for (const index of sample) parts.push(pageJson(await caseWithTrials(view, index, largest, false)));
    const json = parts.join(",");
    const times = informative / Math.max(1, sample.length);
    if (json.length * times <= MAX_LETTERS / 2 && pack(json).length * times <= space * 0.9) return largest;
  }
  return TEXT_LENGTHS.at(-1) ?? 0;
}

function pack(json: string): string {
  return deflateRawSync(json, { level: 4 }).toString("base64");
}

interface CaseOrder {
  readonly indexes: readonly number[];
  /** Number of cases that failed a trial or changed; these cases come first in `indexes`. */
  readonly informative: number;
}

function informativeFirst({ ids, now, changes }: CaseIndex): CaseOrder {
  const informative: number[] = [];
  const others: number[] = [];
  for (let index = 0; index < ids.length; index++) {
    const marks = now.marks.slice(index * now.width, (index + 1) * now.width);
    const moved = /[bfBF]/.test(changes[index] ?? "");
    (moved || /[fe?]/.test(marks) ? informative : others).push(index);
  }
  return { indexes: [...informative, ...others], informative: informative.length };
}

interface Packing extends Omit<PackedAnswers, "leftOut"> {
  /** Number of cases whose answers are in the file. */
  readonly cases: number;
  /** Number of characters after which texts were cut; null when no text was cut. */
  readonly cutAfter: number | null;
  /** Number of cases that are in the file without their conversations. */
  readonly withoutTrials: number;
}

async function packWithin(
  view: ViewedRun,
  { indexes }: CaseOrder,
  space: number,
  limit: number,
): Promise<Packing> {
  const pages = answerPages(indexes.length, space);
  const found = { cut: false, withoutTrials: 0 };
  for (const index of indexes) {
    const whole = pages.used() < WHOLE_TRIALS;
    const one = await caseWithTrials(view, index, limit, whole);
    if (!whole) found.withoutTrials++;
    found.cut ||= isCut(one);
    if (!pages.add(index, pageJson(one))) break;
  }
  return { ...pages.end(), withoutTrials: found.withoutTrials, cutAfter: found.cut ? limit : null };
}

/** Fills pages with cases and compresses each full page, until the space is used up. */
function answerPages(cases: number, space: number) {
  const pages: string[] = [];
  const pageOf = new Array<number>(cases).fill(-1);
  let page: { readonly place: number; readonly json: string }[] = [];
  let [onPage, letters, bytes] = [0, 0, 0];
  const close = (): boolean => {
    const packed = pack(`[${page.map(({ json }) => json).join(",")}]`);
    if (bytes + packed.length + 100 > space) return false;
    for (const { place: index } of page) pageOf[index] = pages.length;
    pages.push(packed);
    bytes += packed.length + 100;
    [page, onPage] = [[], 0];
    return true;
  };
  return {
    /** The share of the space used. */
    used: (): number => Math.max(bytes / space, letters / MAX_LETTERS),
    /** @returns false when the space is used up */
    add: (index: number, json: string): boolean => {
      page.push({ place: index, json });
      onPage += json.length;
      letters += json.length;
      return onPage < PAGE_LETTERS || (close() && letters < MAX_LETTERS);
    },
    end: () => {
      if (page.length > 0) close();
      return { pages, pageOf, cases: pageOf.filter((one) => one !== -1).length };
    },
  };
}

async function caseWithTrials(
  view: ViewedRun,
  index: number,
  limit: number,
  whole: boolean,
): Promise<CaseWithTrials> {
  const one = await view.caseAt(index, limit);
  const of = async (side: "now" | "before", shown: ViewedSide | null): Promise<TrialParts[]> => {
    const found: TrialParts[] = [];
    if (!whole || shown === null || shown.run === null) return found;
    for (const { trial } of shown.trials) {
      const transcript = await view.transcript(index, trial, side, limit);
      if (transcript !== null && !isOnlyAnswer(transcript)) found.push(trialParts(transcript));
    }
    return found;
  };
  return { place: index, case: one, now: await of("now", one.now), before: await of("before", one.before) };
}

/** Whether a transcript contains nothing but the answer, which the case contains already. */
function isOnlyAnswer({ parts }: ViewedTranscript): boolean {
  return parts.every(({ kind }) => kind === "answer" || kind === "error");
}

/** The parts of a trial. The text of the answer is left out, because the case contains it already. */
function trialParts({ trial, parts }: ViewedTranscript): TrialParts {
  const same = (part: ViewedPart): boolean =>
    part.kind === "answer" && part.passage.text === trial.output?.text;
  return {
    trial: trial.trial,
    parts: parts.map((part) => (same(part) ? { ...part, passage: null } : part)),
  };
}

function isCut({ case: one, now, before }: CaseWithTrials): boolean {
  const passages = [
    one.input,
    one.expected,
    ...[one.now, one.before].flatMap((side) => side?.trials.map(({ output }) => output) ?? []),
    ...[...now, ...before].flatMap(({ parts }) => parts.map((part) => part.passage)),
  ];
  return passages.some((text) => text != null && text.text.length < text.letters);
}

function leftOutSentence({ cases, cutAfter, withoutTrials }: Packing, all: number): string {
  return [
    ...(cases < all ? [`The answers of ${plural(all - cases, "case")} are not in this file.`] : []),
    ...(withoutTrials > 0
      ? [`${plural(withoutTrials, "case has", "cases have")} answers without their conversations.`]
      : []),
    ...(cutAfter === null ? [] : [`Texts are cut after ${count(cutAfter)} characters.`]),
  ].join(" ");
}
