import { describeTranscript, detailedCalls } from "../../domain/describe-transcript.ts";
import type { Json } from "../../domain/json.ts";
import { type ScoreInput, ScorerFailure } from "../../domain/scorer.ts";
import { failureMember } from "../../domain/stated-error.ts";
import type { Transcript } from "../../domain/transcript.ts";
import type { ScorerInput, ScorerTranscript } from "../../domain/user-module.ts";
import type { Judgement } from "../define-scorer.ts";
import { rounded, shorten } from "../frame/brief.ts";
import { statedVerdict } from "../judge/contradiction.ts";

export function extensionInput(output: Json, { golden, transcript }: ScoreInput, config: Json): ScorerInput {
  return { case: golden, output, transcript: { ...transcript, ...wayOf(transcript) }, config };
}

/** The facts that a user's scorer gets besides the answer: tool calls with their results, retrievals, state, counts. */
function wayOf(
  answer: Transcript,
): Omit<ScorerTranscript, keyof Transcript> & Pick<Transcript, "tool_calls"> {
  const { retrievals, state, turns, steps, stopped } = describeTranscript(answer);
  return { tool_calls: detailedCalls(answer), retrievals, state, turns, steps, stopped };
}

/** Members that give a verdict on the answer rather than on the scorer itself. */
const VERDICTS: ReadonlySet<string> = new Set(["success", "succeeded", "ok", "failed", "status"]);

/**
 * Reads `{score, pass?, reason?}`, a boolean or a number. A second verdict, such as `success: false`, is read as well:
 * the caller checks that it agrees with the score.
 *
 * @throws {ScorerFailure} for anything else: an unknown format counts neither as passed nor as failed
 */
export function returnedScore(value: unknown, who: string): Judgement {
  if (typeof value === "boolean") return { score: value ? 1 : 0, pass: value, reason: `${value}` };
  if (typeof value === "number") return { score: value, reason: `score ${rounded(value)}` };
  if (typeof value !== "object" || value === null) throw unreadable(who, `returned ${describe(value)}`);
  const { score, pass, reason, status } = value as Record<string, unknown>;
  // An error is a failure to score, even if a score is present.
  const failure = failureMember(value, VERDICTS)?.value ?? (status === "error" ? status : undefined);
  if (failure !== undefined)
    throw new ScorerFailure("tool", `${who} says that it failed: ${describe(failure)}`);
  if (typeof score !== "number") throw unreadable(who, `returned no number as \`score\``);
  if (pass !== undefined && typeof pass !== "boolean")
    throw unreadable(who, `returned a \`pass\` that is not a boolean`);
  if (reason !== undefined && typeof reason !== "string")
    throw unreadable(who, `returned a \`reason\` that is not a text`);
  const beside = verdictBeside(value as Record<string, unknown>);
  return { score, pass, reason: reason ?? `score ${rounded(score)}`, ...(beside && { beside }) };
}

/**
 * A verdict under a name that other tools use, such as `success`. It must not be overlooked: `success: false` with a
 * score of 1 is a contradiction. Undefined when there is none.
 */
function verdictBeside(members: Readonly<Record<string, unknown>>): Judgement["beside"] {
  for (const [key, value] of Object.entries(members)) {
    const pass = key === "pass" || typeof value === "number" ? undefined : statedVerdict(key, value);
    if (pass !== undefined) return { statement: `${shorten(key, 40)}: ${describe(value)}`, pass };
  }
  return undefined;
}

function unreadable(who: string, what: string): ScorerFailure {
  return new ScorerFailure(
    "tool",
    `${who} ${what}; a score is {score, pass?, reason?}, a boolean or a number`,
  );
}

function describe(value: unknown): string {
  return value === undefined ? "nothing" : shorten(JSON.stringify(value) ?? typeof value);
}
