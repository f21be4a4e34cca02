import { ROUNDING } from "../../domain/bound.ts";
import type { Json } from "../../domain/json.ts";
import type { Judged } from "../../domain/judge.ts";
import type { Scale } from "../../domain/judge-settings.ts";
import { rounded } from "../frame/brief.ts";
import { otherMember, type Stated } from "./contradiction.ts";

/**
 * A reply without a usable verdict. The message follows the model's name or "it", as in "gave no verdict".
 *
 * The model is shown the message when it is asked again, so it is part of that request: with another wording, stored and
 * recorded second replies are no longer found.
 */
export class UnusableReply extends Error {}

/** The parsed result of one reply. */
export interface Reading {
  /** In [0, 1]. */
  readonly score: number;
  readonly reason: string;
  /** The winner in each order, for a comparison made in both orders. */
  readonly orders?: Judged["orders"];
}

/** The required format of a reply, the instructions for it, and its parser. */
export interface ReplyForm {
  readonly name: string;
  /** The member with the verdict; an object without it is not a reply. */
  readonly key: string;
  /** JSON Schema of the members in the order of writing: the reason comes first. */
  readonly members: { readonly [name: string]: Json };
  /** A JSON object with placeholders for its values. */
  readonly example: string;
  /**
   * Finds the object with the members when it is not the reply itself but a part of it; undefined when no part is such
   * an object. Absent when the members are always in the reply itself.
   */
  pick?(reply: unknown): unknown;
  /** @throws {UnusableReply} */
  read(reply: Readonly<Record<string, unknown>>): Reading;
  /** The verdict of a reply, for the check that nothing else in the reply contradicts it. */
  stated(reply: Readonly<Record<string, unknown>>, reading: Reading): Stated;
}

/** @throws {UnusableReply} when another member contradicts the verdict */
export function refuseContradiction(reply: Readonly<Record<string, unknown>>, stated: Stated): void {
  const other = otherMember(reply, stated);
  if (other !== undefined)
    throw new UnusableReply(`contradicts itself: its ${stated.key} and ${other} say different things`);
}

const TEXT = { type: "string" } as const;

/** `{"reason", "verdict"}` where the verdict is one of several words, each with a score in [0, 1]. */
export function verdictForm(worth: Readonly<Record<string, number>>): ReplyForm {
  const words = Object.keys(worth);
  return {
    name: "verdict",
    key: "verdict",
    members: { reason: TEXT, verdict: { type: "string", enum: words } },
    example: `{"reason": "<why, in one to three sentences>", "verdict": "${words.join('" or "')}"}`,
    read: (reply) => {
      const score = worth[wordOf(reply.verdict, words)] ?? 0;
      return { score, reason: reasonOf(reply) };
    },
    stated: (_, { score }) => ({ key: "verdict", worth, score, given: null }),
  };
}

/** `{"reason", "score"}` where the score is on a scale. */
export function scoreForm(scale: Scale): ReplyForm {
  const levels = Array.isArray(scale) ? [...scale].sort((a, b) => a.score - b.score) : null;
  const [min, max] = levels
    ? [levels[0]?.score ?? 0, levels.at(-1)?.score ?? 1]
    : [(scale as { min: number }).min, (scale as { max: number }).max];
  const numbers = levels?.map((level) => level.score);
  return {
    name: "score",
    key: "score",
    // The bounds are in the instructions, because not every server's schema support includes `minimum`.
    members: {
      reason: TEXT,
      score: numbers === undefined ? { type: "number" } : { type: "number", enum: numbers },
    },
    example: `{"reason": "<why, in one to three sentences>", "score": <${numbers === undefined ? `a number from ${min} to ${max}` : `one of ${numbers.join(", ")}`}>}`,
    read: (reply) => {
      const given = numberOf(reply.score);
      const level = levels?.find((one) => one.score === given);
      if (given < min || given > max || (levels !== null && level === undefined)) {
        const all = numbers === undefined ? `${min} to ${max}` : numbers.join(", ");
        throw new UnusableReply(`answered ${given}, which is not on its scale (${all})`);
      }
      const score = level?.value ?? (given - min) / (max - min);
      return { score, reason: `${rounded(given)} on ${min} to ${max}: ${reasonOf(reply)}` };
    },
    stated: (reply, { score }) => ({ key: "score", worth: null, score, given: numberOf(reply.score) }),
  };
}

/** Whether a score passes. Rounding errors are ignored: the mean of three times 0.7 is slightly below 0.7. */
export function reaches(score: number, threshold: number): boolean {
  return score >= threshold - ROUNDING;
}

/** A claim, source or statement with the judge's verdict on it. */
export interface Finding {
  readonly text: string;
  readonly reason: string;
  readonly verdict: string;
}

/** `{"claims": [{"claim", "reason", "verdict"}]}`: a list of findings, from which the judge kind computes a score. */
export function findingsForm(spec: {
  /** The list's name, for instance `claims`. */
  readonly key: string;
  /** The name of one item of the list, for instance `claim`. */
  readonly item: string;
  /** The possible verdicts on one item, for instance `supported`. */
  readonly words: readonly string[];
  conclude(findings: readonly Finding[]): Reading;
}): ReplyForm {
  const { key, item, words } = spec;
  return {
    name: key,
    key,
    members: {
      [key]: {
        type: "array",
        items: {
          type: "object",
          properties: { [item]: TEXT, reason: TEXT, verdict: { type: "string", enum: [...words] } },
          required: [item, "reason", "verdict"],
          additionalProperties: false,
        },
      },
    },
    example: `{"${key}": [{"${item}": "<the ${item}>", "reason": "<why>", "verdict": "${words.join('" or "')}"}]}`,
    read: (reply) => {
      const list = reply[key];
      if (!Array.isArray(list)) throw new UnusableReply(`gave no list of ${key}`);
      const findings = list.map((one) => findingOf(one, item, words));
      refuseTwoWords(findings, item);
      return spec.conclude(findings);
    },
    stated: (_, { score }) => ({ key, worth: null, score, given: null }),
  };
}

function findingOf(value: unknown, item: string, words: readonly string[]): Finding {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new UnusableReply(`gave a ${item} without a verdict`);
  const members = value as Readonly<Record<string, unknown>>;
  const text = members[item];
  const verdict = wordOf(members.verdict, words);
  // Each verdict word gets a distinct number, so that any other verdict word in a member counts as a contradiction.
  const worth = Object.fromEntries(words.map((word, index) => [word, index]));
  const { [item]: _, ...others } = members;
  refuseContradiction(others, { key: "verdict", worth, score: words.indexOf(verdict), given: null });
  return {
    text: typeof text === "string" ? text : (JSON.stringify(text) ?? ""),
    reason: reasonOf(members),
    verdict,
  };
}

/** Rejects two different verdicts on the same item. */
function refuseTwoWords(findings: readonly Finding[], item: string): void {
  const meanings = new Map<string, string>();
  for (const { text, verdict } of findings) {
    const about = text.replace(/\s+/g, " ").trim().toLowerCase();
    const before = meanings.get(about);
    if (before !== undefined && before !== verdict)
      throw new UnusableReply(`contradicts itself: it calls one ${item} ${before} and ${verdict}`);
    meanings.set(about, verdict);
  }
}

function reasonOf({ reason }: Readonly<Record<string, unknown>>): string {
  return typeof reason === "string" && reason.trim() !== "" ? reason.trim() : "no reason given";
}

function wordOf(value: unknown, words: readonly string[]): string {
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (words.includes(word)) return word;
  throw new UnusableReply(
    value === undefined || value === null || value === ""
      ? "gave no verdict"
      : `gave the verdict ${JSON.stringify(value)?.slice(0, 60)}, which is not one of ${words.join(", ")}`,
  );
}

function numberOf(value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new UnusableReply(
    value === undefined || value === null
      ? "gave no score"
      : `gave the score ${JSON.stringify(value)?.slice(0, 60)}, which is no number`,
  );
}
