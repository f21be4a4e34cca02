import { ROUNDING } from "../../domain/bound.ts";
import type { Json } from "../../domain/json.ts";
import type { Judged } from "../../domain/judge.ts";
import type { Scale } from "../../domain/judge-settings.ts";
import { rounded } from "../frame/brief.ts";
import { otherMember, type Stated } from "./contradiction.ts";

/** A reply that gives no verdict that can be used; the words complete "the judge …". */
export class UnusableReply extends Error {}

/** What one reply amounts to. */
export interface Reading {
  /** In [0, 1]. */
  readonly score: number;
  readonly reason: string;
  /** Of a comparison in both orders. */
  readonly orders?: Judged["orders"];
}

/** What a reply must look like, how the judge is instructed, and how the reply is read. */
export interface ReplyForm {
  readonly name: string;
  /** The member that holds the verdict: an object without it is no reply. */
  readonly key: string;
  /** JSON Schema of the members, in the order in which they are written: reasons first. */
  readonly members: { readonly [name: string]: Json };
  /** One JSON object with words in place of its values. */
  readonly example: string;
  /** Where else the members may stand; undefined when they are not there. */
  pick?(reply: unknown): unknown;
  /** @throws {UnusableReply} */
  read(reply: Readonly<Record<string, unknown>>): Reading;
  /** What such a reply states; nothing else in it may say otherwise. */
  stated(reply: Readonly<Record<string, unknown>>, reading: Reading): Stated;
}

/** @throws {UnusableReply} when another member of the reply says otherwise than what it states */
export function refuseContradiction(reply: Readonly<Record<string, unknown>>, stated: Stated): void {
  const other = otherMember(reply, stated);
  if (other !== undefined)
    throw new UnusableReply(`contradicts itself: its ${stated.key} and ${other} say different things`);
}

const TEXT = { type: "string" } as const;

/** `{"reason", "verdict"}`, the verdict one of some words, each worth a number in [0, 1]. */
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

/** `{"reason", "score"}`, the score on a scale. */
export function scoreForm(scale: Scale): ReplyForm {
  const levels = Array.isArray(scale) ? [...scale].sort((a, b) => a.score - b.score) : null;
  const [min, max] = levels
    ? [levels[0]?.score ?? 0, levels.at(-1)?.score ?? 1]
    : [(scale as { min: number }).min, (scale as { max: number }).max];
  const numbers = levels?.map((level) => level.score);
  return {
    name: "score",
    key: "score",
    // Bounds stand in the words: not every server that takes a schema knows `minimum`.
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

/** Whether a score passes. What rounding leaves does not count: three times 0.7 has a mean a little below 0.7. */
export function reaches(score: number, threshold: number): boolean {
  return score >= threshold - ROUNDING;
}

/** One claim, source or statement with the judge's word on it. */
export interface Finding {
  readonly text: string;
  readonly reason: string;
  readonly verdict: string;
}

/** `{"claims": [{"claim", "reason", "verdict"}]}`: a list of findings, of which the kind makes a number. */
export function findingsForm(spec: {
  /** `claims`, and what one of them is called: `claim`. */
  readonly key: string;
  readonly item: string;
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
  // Each word worth another number: no other member may say another word.
  const worth = Object.fromEntries(words.map((word, index) => [word, index]));
  const { [item]: _, ...others } = members;
  refuseContradiction(others, { key: "verdict", worth, score: words.indexOf(verdict), given: null });
  return {
    text: typeof text === "string" ? text : (JSON.stringify(text) ?? ""),
    reason: reasonOf(members),
    verdict,
  };
}

/** The same thing with two verdicts has none. */
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
