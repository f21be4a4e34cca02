import { attachedFile, attachedText, markedFile } from "../../domain/attachment.ts";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { isUnfinished, type StoredCase, type StoredTrial } from "../../domain/run.ts";
import { wordsOfAnswer } from "../../domain/transcript.ts";
import { type CaseBaseline, caseBaseline } from "../../operations/gating/case-baseline.ts";
import { exchangeLines, judgeExchanges, voidReason } from "../../operations/judging/judge-transcript.ts";
import { findRun } from "../../operations/project/find-run.ts";
import { locate } from "../../operations/project/open-project.ts";
import { openStoredHistory } from "../../operations/project/stored-history.ts";
import { wholeTranscript } from "../../operations/project/whole-transcript.ts";
import { plural } from "../../reports/format-numbers.ts";
import { runName } from "../../reports/headline.ts";
import { documentText } from "../../reports/json/documents.ts";
import { cut, plainLine, plainText } from "../../reports/plain-text.ts";
import { caseSides } from "../../reports/terminal/case-sides.ts";
import { fold } from "../../reports/terminal/fold.ts";
import { columns, type Style, styleFor } from "../../reports/terminal/style.ts";
import { transcriptLines, wayFacts } from "../../reports/terminal/transcript-lines.ts";
import { unfinishedSentence } from "../../reports/unfinished.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

interface Wanted {
  readonly run: StoredRun;
  readonly golden: StoredCase | undefined;
  readonly trial: number | undefined;
}

/** What `evals show` was asked. */
export interface ShowOptions {
  readonly directory?: string | undefined;
  readonly failing?: boolean | undefined;
  readonly case?: string | undefined;
  readonly trial?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals show`: a run's cases, one case over its trials, or one trial with everything that was said. */
export async function showCommand(options: ShowOptions, word: string, io: Io): Promise<number> {
  const { root } = locate(io, options.directory);
  const store = await openStoredHistory(root, io);
  try {
    const wanted = readWanted(store, word, options);
    const json = options.json === true;
    if (wanted.golden === undefined)
      io.stdout(showRun(store, wanted.run, options.failing === true, json, io.width));
    else if (wanted.trial === undefined) {
      const baseline = caseBaseline(store, root, wanted.run, wanted.golden);
      const style = styleFor(wantsColor(io, options.color));
      io.stdout(showCase(store, wanted.run, wanted.golden, { baseline, json, width: io.width, style }));
    } else io.stdout(showTrial(store, wanted.run, wanted.golden, wanted.trial, json));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

/** `run/case/trial` in one word, or `--case` and `--trial`; a case id may itself hold slashes. */
function readWanted(store: Store, word: string, options: ShowOptions): Wanted {
  const slash = word.indexOf("/");
  const run = findRun(store, slash === -1 ? word : word.slice(0, slash));
  const rest = slash === -1 ? undefined : word.slice(slash + 1);
  const named = options.case ?? rest;
  if (named === undefined) return { run, golden: undefined, trial: undefined };
  const known = new Map(store.cases(run.no).map((one) => [one.id, one]));
  const trialOption = options.trial === undefined ? undefined : Number(options.trial);
  if (known.has(named)) return { run, golden: known.get(named), trial: trialOption };
  const split = /^(.*)\/(\d+)$/.exec(named);
  if (split?.[1] !== undefined && known.has(split[1]))
    return { run, golden: known.get(split[1]), trial: Number(split[2]) };
  throw new EvalsError({
    code: "EVALS_CASE_UNKNOWN",
    what: `Run ${run.header.id} has no case "${named}".${didYouMean(named, known.keys())}`,
    why: "Only cases that the run asked have answers.",
    fix: `evals show ${run.header.id} lists them`,
  });
}

const documentOf = (body: object): string => documentText({ schema: "evals.show/1", exit: 0, ...body });

/** What is said where no case fails: of cases without an answer nobody knows. */
function allIsWell(cases: readonly { readonly answered: number }[]): string {
  const open = cases.filter((one) => one.answered === 0).length;
  return open === 0
    ? "  every case passes every trial"
    : `  no answered trial fails; ${plural(open, "case has", "cases have")} no answer`;
}

function showRun(store: Store, run: StoredRun, failing: boolean, json: boolean, width: number): string {
  const passed = new Map<number, { answered: number; passed: number; errored: number }>();
  for (const row of store.scan(run.no)) {
    const one = passed.get(row.case_no) ?? { answered: 0, passed: 0, errored: 0 };
    if (row.kind === "errored") one.errored++;
    else one.answered++;
    if (row.pass === true) one.passed++;
    passed.set(row.case_no, one);
  }
  const cases = store
    .cases(run.no)
    .map((one) => ({ ...one, ...(passed.get(one.case_no) ?? { answered: 0, passed: 0, errored: 0 }) }));
  const listed = failing ? cases.filter((one) => one.passed < one.answered || one.errored > 0) : cases;
  if (json) return documentOf({ run: run.header, status: run.status, report: run.report, cases: listed });
  listed.sort((a, b) => a.passed / (a.answered || 1) - b.passed / (b.answered || 1));
  const reason = (caseNo: number): string => {
    const bad = store.trials(run.no, caseNo).find((one) => one.pass === false || one.error !== null);
    return plainLine(bad?.message ?? bad?.scores.find((score) => score?.pass === false)?.reason ?? "");
  };
  const rows = listed.map((one) => [
    cut(plainLine(one.id), Math.floor(width / 2)),
    `${one.passed}/${one.answered}${one.errored > 0 ? ` +${one.errored} errors` : ""}`,
    failing ? reason(one.case_no) : one.tags.map(plainLine).join(" "),
  ]);
  const head = `${run.header.id}  ${plainLine(runName(run.header))}  ${plainLine(run.header.target)}  ${run.status}  ${plural(cases.length, "case")} × ${run.header.trials}`;
  const shown = columns(rows, "  ").map((line) => cut(`  ${line}`, width));
  const next = `  one case: evals show ${run.header.id}/<case>`;
  const ended = isUnfinished(run.status) ? [`  ${unfinishedSentence(run.header, run.status)}`] : [];
  return `${[...fold(head, width), ...ended, "", ...(shown.length === 0 ? [allIsWell(cases)] : shown), "", next].join("\n")}\n`;
}

interface CaseView {
  /** The case on the side that the run was compared with. */
  readonly baseline: CaseBaseline | null;
  readonly json: boolean;
  readonly width: number;
  readonly style: Style;
}

function showCase(
  store: Store,
  run: StoredRun,
  { id, case_no }: StoredCase,
  { baseline, json, width, style }: CaseView,
): string {
  const content = store.content(run.no, case_no);
  const trials = store.trials(run.no, case_no);
  if (json) {
    const request = store.request(run.no, case_no);
    const whole = trials.map((one) => ({ ...one, transcript: wholeTranscript(one.answer, request) }));
    return documentOf({ run: run.header, case: id, ...content, trials: whole, baseline });
  }
  const lines = [
    ...trials.flatMap((one) => trialLines(one, run, width)),
    ...(baseline === null ? [] : ["", ...caseSides(trials, baseline, { style, width })]),
  ];
  return `${[
    `${run.header.id}/${plainLine(id)}`,
    "",
    `  input     ${cut(plainLine(asText(content?.input)), width * 3)}`,
    ...(content?.expected === undefined
      ? []
      : [`  expected  ${cut(plainLine(asText(content.expected)), width * 3)}`]),
    "",
    ...lines,
    "",
    `  one trial, whole: evals show ${run.header.id}/${plainLine(id)}/1`,
  ].join("\n")}\n`;
}

function trialLines(one: StoredTrial, run: StoredRun, width: number): string[] {
  const word =
    one.error !== null
      ? `error (${one.error})`
      : one.pass === null
        ? "not scored"
        : one.pass
          ? "passed"
          : "failed";
  const said =
    one.error !== null ? (one.message ?? "") : one.answer === null ? "" : wordsOfAnswer(one.answer);
  const reasons = one.scores.flatMap((score, index) =>
    score === null || score.pass
      ? []
      : [`     ${plainLine(run.header.scorers[index]?.name ?? "")}: ${plainLine(score.reason)}`],
  );
  const stopped = one.answer?.trajectory?.stopped;
  return [
    cut(`  ${one.trial}  ${word.padEnd(8)}  ${plainLine(said)}`, width),
    ...(stopped === undefined ? [] : [cut(`     stopped by its limit on ${stopped}`, width)]),
    ...reasons.map((line) => cut(line, width)),
  ];
}

function showTrial(
  store: Store,
  run: StoredRun,
  { id, case_no }: StoredCase,
  number: number,
  json: boolean,
): string {
  const trial = store.trials(run.no, case_no).find((one) => one.trial === number);
  if (trial === undefined) {
    throw new EvalsError({
      code: "EVALS_TRIAL_UNKNOWN",
      what: `Case "${id}" of run ${run.header.id} has no trial ${number}.`,
      why: "It was not asked, or not answered before the run ended.",
      fix: `evals show ${run.header.id}/${id} lists its trials`,
    });
  }
  const content = store.content(run.no, case_no);
  const request = store.request(run.no, case_no);
  const judged = judgeExchanges(store, run, trial);
  const transcript = wholeTranscript(trial.answer, request);
  if (json)
    return documentOf({
      run: run.header,
      case: id,
      ...content,
      request,
      trial,
      transcript,
      ...(judged.length === 0 ? {} : { judged }),
    });
  const { answer } = trial;
  const block = (title: string, text: string): string[] => [
    title,
    ...plainText(text)
      .split("\n")
      .map((line) => `  ${line}`),
    "",
  ];
  const facts = [
    answer?.model ?? null,
    answer?.fallback === undefined ? null : `answered by the fallback ${answer.fallback}`,
    answer?.latency_ms === null || answer === null ? null : `${Math.round(answer.latency_ms)} ms`,
    answer?.input_tokens === null || answer === null
      ? null
      : `${answer.input_tokens} + ${answer.output_tokens ?? "?"} tokens`,
    answer?.cost_usd === null || answer === null ? null : `$${answer.cost_usd}`,
    answer?.finish_reason ?? null,
    ...(transcript === null ? [] : wayFacts(transcript)),
    trial.cached ? "from the cache" : null,
    answer?.at ?? null,
  ].filter((fact) => fact !== null);
  return [
    `${run.header.id}/${plainLine(id)}/${number}  ${trial.error ?? (trial.pass === null ? "not scored" : trial.pass ? "passed" : "failed")}`,
    facts.length === 0 ? "" : `  ${facts.map(plainLine).join(" · ")}`,
    "",
    ...block("input", asText(content?.input)),
    ...(content?.expected === undefined ? [] : block("expected", asText(content.expected))),
    ...block(
      "request",
      request === null ? "none: the answer was made elsewhere" : JSON.stringify(request, filesInWords, 2),
    ),
    ...(trial.message === null ? [] : block("error", trial.message)),
    ...(answer === null ? [] : block("answer", answer.output)),
    ...(isEmpty(answer?.refusal) ? [] : block("refusal", String(answer?.refusal))),
    ...(transcript === null ? [] : transcriptLines(transcript, !isEmpty(answer?.messages))),
    ...trial.scores.flatMap((score, index) => [
      `${plainLine(run.header.scorers[index]?.name ?? "")}: ${score === null ? voidReason(run.header.scorers[index], trial, index) : `${score.score} ${score.pass ? "passes" : "fails"}  ${plainLine(score.reason)}`}`,
    ]),
    "",
    ...judged.flatMap(exchangeLines),
  ].join("\n");
}

/** A file that was sent, in a few words. */
function filesInWords(_name: string, value: unknown): unknown {
  const file = markedFile(value) ?? attachedFile(value);
  return file === undefined ? value : attachedText(file);
}

const asText = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);
