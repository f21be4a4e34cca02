import { createHash } from "node:crypto";
import type { Case } from "../domain/case.ts";
import { hashJson, type Json, sha256 } from "../domain/json.ts";
import type { RunScorer } from "../domain/run.ts";
import type { OpenScorer } from "../domain/scorer.ts";

/**
 * The parts that determine one case's result: its content, the request as sent, the rest of the target, and its
 * scorers.
 */
export interface CaseParts {
  /** Hash of input and expected value. */
  readonly content: string;
  /** Hash of the prepared request. */
  readonly request: string;
  /** Hash of the target's identity. */
  readonly target: string;
  /** Hash of all scorers and which of them are required. */
  readonly scorers: string;
  /** Hash of the suite's pressure settings; absent without pressure. */
  readonly pressure?: string | undefined;
}

/** Key of one case, independent of other cases. 64 hexadecimal digits. */
export function caseKey({ content, request, target, scorers, pressure }: CaseParts): string {
  const more = pressure === undefined ? "" : `\n${pressure}`;
  return sha256(`${content}\n${request}\n${target}\n${scorers}${more}`);
}

/**
 * The cache key of an answer. The same request has another answer from another server, or from another version of
 * an application, so the target is part of the key. 64 hexadecimal digits.
 */
export function askedHash(target: string, request: string): string {
  return sha256(`${target}\n${request}`);
}

/**
 * Maximum number of lines that are joined to one text for hashing. All lines of a large run as one text would be
 * the largest object in memory.
 */
const HASHED_AT_ONCE = 10_000;

/** Root fingerprint of a run: one hash of its cases' keys, in any order. 64 hexadecimal digits. */
export function rootFingerprint(cases: Iterable<{ readonly id: string; readonly key: string }>): string {
  const lines = Array.from(cases, ({ id, key }) => `${JSON.stringify(id)}:${key}`).sort();
  if (lines.length <= HASHED_AT_ONCE) return sha256(lines.join("\n"));
  const hash = createHash("sha256");
  for (let from = 0; from < lines.length; from += HASHED_AT_ONCE) {
    const part = lines.slice(from, from + HASHED_AT_ONCE).join("\n");
    hash.update(from === 0 ? part : `\n${part}`);
  }
  return hash.digest("hex");
}

/** Hash of one scorer. Scorers with equal hashes score in the same way. */
export function scorerHash(scorer: OpenScorer): string {
  return hashJson(scorer.identity);
}

/** The stored properties of a scorer except its type. */
export function runScorer(scorer: OpenScorer): Omit<RunScorer, "type"> {
  const { name, required, binary, opinion, judge, judge_when } = scorer;
  return {
    name,
    required,
    binary,
    hash: scorerHash(scorer),
    ...(opinion === true ? { opinion } : {}),
    ...(judge === undefined ? {} : { judge }),
    ...(judge_when === undefined || judge_when === "always" ? {} : { judge_when }),
  };
}

/**
 * The failure class that a judge gives to failed trials; empty for a judge that is not calibrated, because only a
 * calibrated judge may name the class.
 *
 * @param believed names of the calibrated judges
 */
export function blamesOf(
  { name, blames }: OpenScorer,
  believed: ReadonlySet<string> | undefined,
): Pick<RunScorer, "blames"> {
  return blames !== undefined && believed?.has(name) === true ? { blames } : {};
}

/** Hash of a suite's scorers, which decide whether a trial passes; independent of their order and names. */
export function scorersHash(scorers: readonly OpenScorer[]): string {
  return hashJson(scorers.map((one): Json => [scorerHash(one), one.required]).sort(byText));
}

/** The hash of the scorers of each case: all of the suite's, or only those that the case names. */
export function caseScorersHash(
  scorers: readonly OpenScorer[],
): (golden: Pick<Case, "scorers"> | undefined) => string {
  const all = scorersHash(scorers);
  const known = new Map<string, string>();
  return (golden) => {
    const own = golden?.scorers;
    if (own === undefined) return all;
    const names = own.join("\n");
    const hash = known.get(names) ?? scorersHash(scorers.filter((one) => own.includes(one.name)));
    known.set(names, hash);
    return hash;
  };
}

const byText = (a: Json, b: Json): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
