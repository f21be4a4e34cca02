import type { CaseBaseline } from "../../domain/case-baseline.ts";
import { onFirstUse } from "../../domain/on-first-use.ts";
import { allItems, everyPage } from "../../domain/pages.ts";
import type { CaseRow, RunReport } from "../../domain/report.ts";
import type { StoredCase, StoredTrial } from "../../domain/run.ts";
import {
  type ViewedCase,
  type ViewedRun,
  type ViewedSide,
  type ViewedTranscript,
  viewedText,
} from "../../domain/viewed-run.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { type CaseBaselines, caseBaselines } from "../gating/case-baseline.ts";
import { judgeExchanges } from "../judging/judge-transcript.ts";
import { caseIndex } from "./case-index.ts";
import { promptTexts } from "./prompt-texts.ts";
import { doneOf, runSummary } from "./run-summary.ts";
import { transcriptParts } from "./transcript-parts.ts";
import { baselineSide, passage, storedSide, viewedTrial } from "./view-case.ts";

/** A run in the store: its number and its header. */
export type StoredPlace = Pick<StoredRun, "no" | "header">;

export interface ViewSources {
  readonly store: Store;
  readonly root: string;
  readonly run: StoredPlace;
  readonly report: RunReport;
  /** The run that `run` was compared with; null when it is not stored here. */
  readonly baseline: StoredRun | null;
  readonly rows: () => AsyncIterable<CaseRow>;
  /** Whether `store` withholds texts. Then the answers in the file beside a committed baseline are left out too. */
  readonly restricted: boolean;
}

/** A stored run, as the page shows it. Texts are read only when the page requests them. */
export function viewRun(sources: ViewSources): ViewedRun {
  const { store, root, run, report, baseline } = sources;
  const { header } = report;
  const cases = onFirstUse(() => allItems((page) => store.read.cases(run.no, page)));
  const other = otherSide(sources);
  return {
    summary: runSummary(header, report.status, report, doneOf(report)),
    prompts: promptTexts(root, report, baseline?.header ?? null),
    index: onFirstUse(async () => {
      const all = await cases();
      return caseIndex({
        scorers: header.scorers.map(({ name }) => name),
        cases: all.length,
        rows: sources.rows,
        inputOf: async (index) => (await store.read.content(run.no, index))?.input,
        before: await other.marks(),
        countsOf: (index) => other.counts(caseOf(all, index)),
        compared: report.comparison !== null,
      });
    }),
    containsText: async (index, text) => {
      const golden = caseOf(await cases(), index);
      const there = baseline === null ? undefined : await other.caseOf(golden.id);
      return (
        (await caseContainsText(store, run.no, golden.case_no, text)) ||
        (baseline !== null &&
          there !== undefined &&
          (await caseContainsText(store, baseline.no, there.case_no, text)))
      );
    },
    caseAt: async (index, limit) =>
      viewedCase({ store, run, report, golden: caseOf(await cases(), index), other, limit }),
    transcript: async (index, number, side, limit) => {
      const golden = caseOf(await cases(), index);
      if (side === "now") return transcriptOf(store, run, golden.case_no, number, limit);
      const there = baseline === null ? undefined : await other.caseOf(golden.id);
      return baseline === null || there === undefined
        ? null
        : transcriptOf(store, baseline, there.case_no, number, limit);
    },
  };
}

async function caseContainsText(store: Store, runNo: number, caseNo: number, text: string): Promise<boolean> {
  const has = (written: string): boolean => written.toLowerCase().includes(text);
  const content = await store.read.content(runNo, caseNo);
  if (has(viewedText(content?.input)) || has(viewedText(content?.expected))) return true;
  const trials = await store.read.trialsOfCase(runNo, caseNo);
  return trials.some(({ answer, message }) => has(answer?.output ?? message ?? ""));
}

function caseOf(cases: readonly StoredCase[], index: number): StoredCase {
  const golden = cases[index];
  if (golden === undefined) throw new RangeError(`The run has no case at place ${index}.`);
  return golden;
}

interface OtherSide {
  /** The case with this id in the other run; undefined when that run lacks it, or when the other side is a file. */
  readonly caseOf: (id: string) => Promise<StoredCase | undefined>;
  /** Gives, by case id, one letter for each trial, as in `marksOf`; null when only counts are known. */
  readonly marks: () => Promise<((id: string) => string | undefined) | null>;
  /** The counts of a case, for a side whose `marks` are null. */
  readonly counts: CaseBaselines["counts"];
  readonly side: (golden: StoredCase, limit: number) => Promise<ViewedSide | null>;
}

/** The side that the run was compared with: a stored run, or a committed baseline. */
function otherSide({ store, root, run, report, baseline, restricted }: ViewSources): OtherSide {
  const places = onFirstUse(async () => {
    const cases = baseline === null ? [] : await allItems((page) => store.read.cases(baseline.no, page));
    return new Map(cases.map((one) => [one.id, one]));
  });
  const ofFile = onFirstUse(() => caseBaselines(store, root, run.header, report.comparison));
  const caseThere = async (id: string): Promise<StoredCase | undefined> => (await places()).get(id);
  return {
    caseOf: caseThere,
    marks: async () => (baseline === null ? null : marksOf(store, baseline)),
    counts: async (golden) => (baseline === null ? (await ofFile()).counts(golden) : null),
    side: async (golden, limit) => {
      if (report.comparison === null) return null;
      if (baseline === null) return restricted ? null : sideOfFile(await (await ofFile()).of(golden), limit);
      const there = await caseThere(golden.id);
      if (there === undefined || there.content_hash !== golden.content_hash) return null;
      return storedSide(baseline.header, await store.read.trialsOfCase(baseline.no, there.case_no), limit);
    },
  };
}

const sideOfFile = (known: CaseBaseline | null, limit: number): ViewedSide | null =>
  known === null ? null : baselineSide(known, limit);

/**
 * Reads a run's outcomes once. The returned function gives, by case id, one letter for each trial: `p` passed, `f`
 * failed, `e` errored, `?` not scored, `-` not asked.
 */
async function marksOf({ read }: Store, run: StoredPlace): Promise<(id: string) => string | undefined> {
  const cases = await allItems((page) => read.cases(run.no, page));
  const marks = cases.map(({ planned }) => new Array<string>(planned).fill("-"));
  for await (const rows of everyPage((page) => read.outcomes(run.no, page)))
    for (const { case_no, trial, kind, pass } of rows) {
      const letter = kind === "errored" ? "e" : pass === null ? "?" : pass ? "p" : "f";
      const list = marks[case_no];
      if (list !== undefined && trial <= list.length) list[trial - 1] = letter;
    }
  const byId = new Map(cases.map(({ id }, index) => [id, marks[index]?.join("") ?? ""]));
  return (id) => byId.get(id);
}

interface CaseSources {
  readonly store: Store;
  readonly run: StoredPlace;
  readonly report: RunReport;
  readonly golden: StoredCase;
  readonly other: OtherSide;
  readonly limit: number;
}

async function viewedCase({ store, run, report, golden, other, limit }: CaseSources): Promise<ViewedCase> {
  const content = await store.read.content(run.no, golden.case_no);
  const line = report.worst.find(({ id }) => id === golden.id)?.line ?? null;
  return {
    id: golden.id,
    tags: golden.tags,
    line,
    input: passage(viewedText(content?.input), limit),
    expected: content?.expected === undefined ? null : passage(viewedText(content.expected), limit),
    now: storedSide(run.header, await store.read.trialsOfCase(run.no, golden.case_no), limit),
    before: await other.side(golden, limit),
  };
}

async function transcriptOf(
  store: Store,
  run: StoredPlace,
  caseNo: number,
  number: number,
  limit: number,
): Promise<ViewedTranscript | null> {
  const trial: StoredTrial | undefined = await store.read.trial(run.no, caseNo, number);
  if (trial === undefined) return null;
  const request = await store.read.request(run.no, caseNo);
  const judged = await judgeExchanges(store, run, trial);
  const input = (await store.read.content(run.no, caseNo))?.input ?? null;
  const parts = transcriptParts({ trial, request, judged, input });
  return {
    trial: viewedTrial(run.header, trial, limit),
    parts: parts.map(({ kind, title, text }) => ({ kind, title, passage: passage(text, limit) })),
  };
}
