import type { Case } from "../domain/case.ts";
import type { AnsweredReply, FailedReply, Question, Reply } from "../domain/provider.ts";
import type { ScoreInput } from "../domain/score-input.ts";
import type { Transcript } from "../domain/transcript.ts";
import type { Ending, Job, TrialToRun } from "./engine-job.ts";
import { modelPresence } from "./model-presence.ts";
import { redactedReply } from "./redacted-reply.ts";
import type { AnswerScoring } from "./score-answers.ts";
import { toTranscript } from "./to-transcript.ts";

/**
 * Returns a function that asks the target for a trial, within the budget. That function returns a promise while a
 * reply is on its way, "held" when the trial must wait until the cost of calls in flight is known, and undefined when
 * nothing is on its way: the reply came at once, or the budget has ended the run.
 */
export function askTrials(
  job: Job,
  ending: Ending,
  scoring: AnswerScoring,
): (trial: TrialToRun) => Promise<void> | "held" | undefined {
  const { plan, client, budget } = job;
  const presence = modelPresence(job.order.length);
  /** Whether budget is reserved call by call. A conversation does so itself, for each of its calls. */
  const paysByCall = plan.target.conversing !== undefined;
  const paysByTrial = client.immediate !== true && !paysByCall;

  const failed = (work: TrialToRun, question: Question, reply: FailedReply): void => {
    if (reply.waiting === true) {
      budget.park(question);
      return;
    }
    budget.release(question);
    if (reply.withdrawn === true) {
      const halt = job.halted?.();
      if (halt !== undefined) ending.because(halt);
      return;
    }
    if (job.control.signal.aborted) return;
    if (reply.unaffordable === true) {
      ending.because({ kind: "skipped", because: "budget" });
      return;
    }
    const { case_no, trial } = work;
    const { error, message, tries } = reply;
    job.writer.record({ kind: "errored", case_no, trial, error, message, tries });
    presence.missed(reply);
    if (presence.lost !== null) ending.because({ kind: "unreachable", ...presence.lost });
    scoring.errored(work, error, message);
  };

  const answered = (work: TrialToRun, question: Question, reply: AnsweredReply): void => {
    presence.answered();
    const transcript = toTranscript(reply, job.price);
    const { cost_usd: usd, usage } = transcript;
    const isPaid = paysByTrial && reply.recorded !== true;
    const isBounded = !isPaid || budget.settle(question, { usd, usage });
    if (!isPaid) budget.release(question);
    scoring.score(work, {
      kind: "new",
      transcript,
      raw: reply.raw ?? null,
      tries: reply.tries,
      unredacted:
        reply.unredacted === undefined
          ? undefined
          : unredactedOf(plan.golden(work.case_no), reply, transcript),
    });
    if (!isBounded) throw job.unpriced();
  };

  const settle = (work: TrialToRun, question: Question, given: Reply): void => {
    const reply = plan.redaction === null ? given : redactedReply(given, plan.redaction);
    if (reply.kind === "failed") failed(work, question, reply);
    else answered(work, question, reply);
  };

  return (work) => {
    const { case_no, trial } = work;
    const question = plan.question(case_no);
    if (paysByTrial) {
      const permission = budget.reserve(question, () => job.inputTokens(case_no));
      if (permission === "wait") return "held";
      if (permission === "stop") {
        ending.because({ kind: "skipped", because: "budget" });
        return undefined;
      }
    }
    const reply = client.send(plan.request(case_no), question, trial, job.control.signal);
    if (reply instanceof Promise) return reply.then((one) => settle(work, question, one));
    settle(work, question, reply);
    return undefined;
  };
}

/** The case and answer as they were before redaction, for scorers that need them. They are never stored. */
function unredactedOf(golden: Case, reply: AnsweredReply, kept: Transcript): ScoreInput["unredacted"] {
  const { output, messages, tool_calls, refusal, trajectory } = toTranscript(
    { ...reply, ...reply.unredacted },
    null,
  );
  return { golden, transcript: { ...kept, output, messages, tool_calls, refusal, trajectory } };
}
