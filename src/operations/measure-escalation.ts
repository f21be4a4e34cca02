import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { didYouMean } from "../domain/did-you-mean.ts";
import type { MeasuredEscalation, StatedAnswer } from "../domain/escalation.ts";
import { EvalsError } from "../domain/problem.ts";
import { type EscalationGoals, measureEscalation as measure } from "../metrics/measure-escalation.ts";
import { readNamedFile } from "../project/named-file.ts";
import { didYouMeanFile } from "../project/near-file.ts";
import type { Environment } from "./environment.ts";
import { answersOfRun } from "./escalating/answers-of-run.ts";
import { readStated } from "./escalating/read-stated.ts";
import { newestRun } from "./project/find-run.ts";
import { locate } from "./project/open-project.ts";
import { suiteNames } from "./project/suite-names.ts";
import { withHistory } from "./store-care/open-history.ts";

export interface EscalationInput extends EscalationGoals {
  readonly directory?: string | undefined;
  /**
   * Where the confidences are: a file with one answer per line, or the name of a suite, which means its newest run.
   */
  readonly source: string;
}

interface Found {
  readonly source: string;
  /** Path of the file; absent for a suite. */
  readonly path?: string | undefined;
  readonly answers: readonly StatedAnswer[];
  readonly notes: readonly string[];
}

/**
 * Compares the confidences of answers with whether the answers were right, to find a threshold for escalation.
 *
 * @throws {EvalsError} for a file with mistakes, and when there is no confidence
 */
export async function measureEscalation(
  io: Environment,
  { directory, source, ...goals }: EscalationInput,
): Promise<MeasuredEscalation> {
  const suites = suiteNames(locate(io, directory).root);
  const found = suites.includes(source)
    ? await ofSuite(io, directory, source)
    : ofFile(resolve(io.cwd, directory ?? "."), source, suites);
  if (found.answers.length < 2) throw tooFew(found);
  return { source: found.source, notes: found.notes, ...measure(found.answers, goals) };
}

function ofFile(folder: string, path: string, suites: readonly string[]): Found {
  const place = resolve(folder, path);
  if (!existsSync(place)) throw nothingThere(place, path, suites);
  return { source: path, path, ...readStated(readNamedFile(place, path), path) };
}

async function ofSuite(io: Environment, directory: string | undefined, suite: string): Promise<Found> {
  const none: Found = { source: `suite ${suite}`, answers: [], notes: [] };
  return withHistory(io, directory, none, async (store) => {
    const run = await newestRun(store, suite);
    if (run === undefined) return none;
    const { from, answers, without } = await answersOfRun(store, run);
    const notes = [
      from === "answers"
        ? 'Confidence is the "confidence" of each answer; an answer is right when its trial passes.'
        : "No answer names a confidence, so the confidence of a case is the share of its trials that gave its most frequent answer.",
      ...(without > 0 ? [`${without} answers name no confidence from 0 to 1 and are left out.`] : []),
    ];
    return { source: `run ${run.header.id} of ${suite}`, answers, notes };
  });
}

function nothingThere(place: string, path: string, suites: readonly string[]): EvalsError {
  return new EvalsError({
    code: "EVALS_ESCALATION_SOURCE",
    what: `There is no suite and no file "${path}".${didYouMean(path, suites) || didYouMeanFile(place, path)}`,
    why: "Confidences come from a suite's newest run, or from a file with one answer per line.",
    fix: `evals escalation answers.jsonl${suites.length === 0 ? "" : `, or a suite: ${suites.slice(0, 5).join(", ")}`}`,
  });
}

function tooFew({ source, path, answers }: Found): EvalsError {
  return new EvalsError({
    code: "EVALS_ESCALATION_FEW",
    ...(path === undefined ? {} : { path }),
    what: `${path === undefined ? `${source[0]?.toUpperCase()}${source.slice(1)}` : "This file"} has ${answers.length === 0 ? "no answer" : "one answer"} with a confidence.`,
    why: "At least two answers are needed for a comparison; about 200 give a useful threshold.",
    fix: 'Run the suite with at least 3 trials per case, or let answers be JSON with a "confidence" from 0 to 1. In a file, write lines such as {"confidence":0.83,"correct":true}.',
  });
}
