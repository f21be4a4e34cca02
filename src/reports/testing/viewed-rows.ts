import type { CaseRow, RunReport } from "../../domain/report.ts";
import { UNKNOWN_USAGE } from "../../domain/transcript.ts";
import type { ViewedCase, ViewedRun, ViewedTrial } from "../../domain/viewed-run.ts";
import { caseIndex } from "../../operations/viewing/case-index.ts";
import { doneOf, runSummary } from "../../operations/viewing/run-summary.ts";
import { passage } from "../../operations/viewing/view-case.ts";

/** A run as a page views it, made from rows: each answered trial of a case has the answer of its row. */
export function viewedRows(report: RunReport, rows: readonly CaseRow[]): ViewedRun {
  const { header } = report;
  return {
    summary: runSummary(header, report.status, report, doneOf(report)),
    prompts: null,
    index: () =>
      caseIndex({
        scorers: header.scorers.map(({ name }) => name),
        cases: rows.length,
        rows: async function* () {
          yield* rows;
        },
        inputOf: async (index) => (await rows[index]?.answers())?.input ?? undefined,
        before: null,
        countsOf: async () => null,
        compared: report.comparison !== null,
      }),
    containsText: async (index, text) => {
      const { input, output } = await rowAt(rows, index).answers();
      return `${input} ${output}`.toLowerCase().includes(text);
    },
    caseAt: async (index, limit) => viewedRow(report, rowAt(rows, index), limit),
    transcript: async (index, trial, side, limit) => {
      const one = (await viewedRow(report, rowAt(rows, index), limit))[side]?.trials[trial - 1];
      const text = one?.output ?? null;
      if (one === undefined || text === null) return null;
      return {
        trial: one,
        parts: [
          { kind: "message", title: "assistant", passage: text },
          { kind: "answer", title: "", passage: text },
        ],
      };
    },
  };
}

function rowAt(rows: readonly CaseRow[], index: number): CaseRow {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`no row at ${index}`);
  return row;
}

const OUTCOMES: Readonly<Record<string, ViewedTrial["outcome"]>> = {
  p: "passed",
  f: "failed",
  e: "errored",
  "?": "unscored",
};

async function viewedRow({ header }: RunReport, row: CaseRow, limit: number): Promise<ViewedCase> {
  const answers = await row.answers();
  const facts = {
    ...{ model: header.model, fallback: null, finish_reason: "stop", stopped: null, usage: UNKNOWN_USAGE },
    ...{ latency_ms: 900, cost_usd: null, cached: false, at: header.started_at },
  };
  const trial = (mark: string, at: number, answer: string | null): ViewedTrial => ({
    trial: at + 1,
    times: 1,
    outcome: OUTCOMES[mark] ?? "unscored",
    error: mark === "e" ? answers.error : null,
    output: mark === "e" || answer === null ? null : passage(answer, limit),
    scores: header.scorers.map(({ name, required }) => ({
      scorer: name,
      required,
      score: mark === "p" ? 1 : 0,
      pass: mark === "p",
      reason: name === answers.scorer ? answers.reason : "",
    })),
    facts: mark === "e" ? null : facts,
  });
  const side = (run: string | null, name: string, marks: string, answer: string | null) => ({
    run,
    name,
    trials: [...marks].filter((mark) => mark !== "-").map((mark, at) => trial(mark, at, answer)),
  });
  return {
    id: row.id,
    tags: row.tags,
    line: row.line,
    input: passage(answers.input ?? "", limit),
    expected: answers.expected === null ? null : passage(answers.expected, limit),
    now: side(header.id, `run ${header.id}`, row.trials, answers.output),
    before: answers.before === null ? null : side(null, "the baseline", "p", answers.before),
  };
}
