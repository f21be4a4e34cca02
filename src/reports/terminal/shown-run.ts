import { isUnfinished, type RunHeader, type StoredTrial } from "../../domain/run.ts";
import type { CountedCase, Shown, ShownCase, ShownRun } from "../../domain/shown-run.ts";
import { wordsOfAnswer } from "../../domain/transcript.ts";
import { plural } from "../format-numbers.ts";
import { runName, sizeOf } from "../headline.ts";
import { plainLine } from "../plain-text.ts";
import { shortReason } from "../short-reason.ts";
import { unfinishedSentence } from "../unfinished.ts";
import { caseSides } from "./case-sides.ts";
import { cut, cutName } from "./cut.ts";
import { fold } from "./fold.ts";
import { runReport } from "./run-report.ts";
import { shownTraceText } from "./shown-trace.ts";
import { jsonText, shownTrialText } from "./shown-trial.ts";
import { columns, lengthOf, type Style } from "./style.ts";

interface Terminal {
  /** Width of the terminal in columns. */
  readonly width: number;
  readonly style: Style;
  readonly color: boolean;
}

/** A run's cases, one case with its trials, or one trial with its conversation. */
export function shownText(shown: Shown, terminal: Terminal): string {
  switch (shown.kind) {
    case "run":
      return shown.failing ? casesText(shown, terminal.width) : wholeText(shown, terminal);
    case "case":
      return caseText(shown, terminal);
    case "trial":
      return shownTrialText(shown);
    case "trace":
      return shownTraceText(shown);
  }
}

/** The stored report of a run, then all its cases. */
function wholeText(shown: ShownRun, { width, color }: Terminal): string {
  return `${runReport(shown.runReport, { width, color })}\n${casesText(shown, width)}`;
}

function casesText(run: ShownRun, width: number): string {
  const { header, status, listed, failing, reasons } = run;
  const worstFirst = [...listed].sort((a, b) => passedShare(a) - passedShare(b));
  const rows = worstFirst.map((one) => [
    cutName(plainLine(one.id), Math.floor(width / 2)),
    `${one.passed}/${one.answered}${one.errored > 0 ? ` +${one.errored} errors` : ""}`,
    failing ? "" : one.tags.map(plainLine).join(" "),
  ]);
  const head = `${header.id}  ${plainLine(runName(header))}  ${plainLine(header.target)}  ${status}  ${sizeOf(header)}`;
  const lined = columns(rows, "  ");
  const wide = Math.max(0, ...lined.map(lengthOf));
  const withReason = (line: string, at: number): string => {
    const reason = reasons.get(worstFirst[at]?.case_no ?? -1) ?? "";
    return `${line}${" ".repeat(wide - lengthOf(line))}  ${shortReason(reason, null, width - wide - 4)}`.trimEnd();
  };
  const shown = (failing ? lined.map(withReason) : lined).map((line) => cut(`  ${line}`, width));
  const next = `  one case: evals show ${header.id}/<case>`;
  const ended = isUnfinished(status) ? [`  ${unfinishedSentence(header, status)}`] : [];
  const lines = shown.length === 0 ? [noneFails(run)] : shown;
  return `${[...fold(head, width), ...ended, "", ...lines, "", next].join("\n")}\n`;
}

const passedShare = ({ passed, answered }: CountedCase): number => passed / Math.max(answered, 1);

/** The text when no answered trial fails. If some cases have no answer, the text gives their number. */
function noneFails({ unanswered }: ShownRun): string {
  return unanswered === 0
    ? "  every case passes every trial"
    : `  no answered trial fails; ${plural(unanswered, "case has", "cases have")} no answer`;
}

function caseText({ header, case: id, content, trials, baseline }: ShownCase, terminal: Terminal): string {
  const { width } = terminal;
  const name = `${header.id}/${plainLine(id)}`;
  const given = (value: unknown): string => cut(plainLine(jsonText(value)), width * 3);
  const stored = trials.map(({ trial }) => trial);
  const lines = [
    name,
    "",
    `  input     ${given(content?.input)}`,
    ...(content?.expected === undefined ? [] : [`  expected  ${given(content.expected)}`]),
    "",
    ...stored.flatMap((one) => trialLines(one, header, width)),
    ...(baseline === null ? [] : ["", ...caseSides({ header, id, trials: stored }, baseline, terminal)]),
    "",
    `  one whole trial: evals show ${name}/${(stored.find((one) => one.pass !== true) ?? stored[0])?.trial ?? 1}`,
  ];
  return `${lines.join("\n")}\n`;
}

function trialLines(one: StoredTrial, { scorers }: RunHeader, width: number): string[] {
  const answer = one.answer === null ? "" : wordsOfAnswer(one.answer);
  const text = one.error !== null ? (one.message ?? "") : answer;
  const word = one.error === null ? outcomeOf(one.pass) : `error (${one.error})`;
  const reasons = scorers.flatMap(({ name }, index) => {
    const score = one.scores[index];
    return score == null || score.pass
      ? []
      : [
          `     ${plainLine(name)}: ${shortReason(score.reason, null, width - lengthOf(plainLine(name)) - 7)}`,
        ];
  });
  const stopped = one.answer?.trajectory?.stopped;
  return [
    cut(`  ${one.trial}  ${word.padEnd(8)}  ${plainLine(text)}`, width),
    ...(stopped === undefined ? [] : [cut(`     stopped by its limit on ${stopped}`, width)]),
    ...reasons.map((line) => cut(line, width)),
  ];
}

function outcomeOf(pass: boolean | null): string {
  if (pass === null) return "not scored";
  return pass ? "passed" : "failed";
}
