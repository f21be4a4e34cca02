import {
  type ArgumentMode,
  alignCalls,
  type CallAlignment,
  type CallOrder,
  type WantedCall,
} from "../../domain/align-calls.ts";
import type { ToolUse } from "../../domain/describe-transcript.ts";
import { nearest } from "../../domain/did-you-mean.ts";
import type { Fault } from "../../domain/failure.ts";
import { canonicalJson } from "../../domain/json.ts";
import type { Judgement } from "../define-scorer.ts";
import { shorten } from "./brief.ts";
import { type CallOptions, modeFor } from "./call-options.ts";
import { firstDifference } from "./json-difference.ts";

/** Number of identical calls that counts as a loop. */
const LOOP = 3;

interface Divergence {
  readonly reason: string;
  readonly fault: Fault;
}

interface Compared {
  readonly wanted: readonly WantedCall[];
  readonly made: readonly ToolUse[];
  readonly aligned: CallAlignment;
  readonly order: CallOrder;
  readonly modeOf: (tool: string) => ArgumentMode;
}

/** Formats a call for a sentence: `refund({"amount":10})`, shortened. */
export function callWords({ name, arguments: asked }: WantedCall): string {
  return `${shorten(name, 60)}(${asked === undefined ? "" : shorten(JSON.stringify(asked), 120)})`;
}

const equal = firstDifference({ partial: false, ignore_order: false, ignore_keys: [], tolerance: 0 });
const partial = firstDifference({ partial: true, ignore_order: false, ignore_keys: [], tolerance: 0 });

const faultAt = (name: Fault["class"], call: ToolUse | undefined, tool: string | undefined): Fault => ({
  class: name,
  ...(call?.step != null && { step: call.step }),
  ...(tool !== undefined && { tool }),
});

/** Describes a wanted call that was made with other arguments. @param at index of that actual call */
function otherArguments({ made, modeOf }: Compared, want: WantedCall, at: number): Divergence {
  const got = made[at] as ToolUse;
  const differ = modeOf(want.name) === "partial" ? partial : equal;
  const where = want.arguments === undefined ? undefined : differ(want.arguments, got.arguments);
  return {
    reason: `call ${at + 1}, ${want.name}: ${where ?? `expected ${callWords(want)}, got ${callWords(got)}`}`,
    fault: faultAt("tool-arguments", got, want.name),
  };
}

/** Finds a call that was repeated `LOOP` times or more, when not all of the repetitions were wanted. */
function loopIn({ made, aligned }: Compared): Divergence | undefined {
  const times = new Map<string, number>();
  const keys = made.map(({ name, arguments: asked }) => canonicalJson([name, asked]));
  for (const [at, key] of keys.entries()) {
    const count = (times.get(key) ?? 0) + 1;
    times.set(key, count);
    const got = made[at];
    if (count < LOOP || got === undefined || !aligned.extra.some((index) => keys[index] === key)) continue;
    const all = keys.filter((one) => one === key).length;
    return {
      reason: `${callWords(got)} was called ${all} times, in call ${at + 1} for the ${count === 3 ? "third" : `${count}th`} time`,
      fault: faultAt("orchestration", got, got.name),
    };
  }
  return undefined;
}

/** Finds the right calls in a different order; undefined when they differ otherwise. */
function otherOrder(compared: Compared): Divergence | undefined {
  const { wanted, made, aligned, order, modeOf } = compared;
  if (order === "any") return undefined;
  const free = alignCalls(wanted, made, { order: "any", modeOf });
  if (free.matched <= aligned.matched || free.missing.length > 0) return undefined;
  const want = aligned.missing[0] ?? 0;
  const at = free.madeOf[want] ?? -1;
  const one = wanted[want] as WantedCall;
  const instead = made[firstApart(compared)];
  const before = instead === undefined ? "" : `; call ${firstApart(compared) + 1} is ${callWords(instead)}`;
  return {
    reason: `another order: ${callWords(one)} was wanted as call ${want + 1} and is call ${at + 1}${before}`,
    fault: faultAt("orchestration", made[at], one.name),
  };
}

/** Index of the first actual call that is not the wanted call at the same position; the last index if all are. */
function firstApart({ made, aligned }: Compared): number {
  const at = made.findIndex((_, index) => aligned.madeOf[index] !== index);
  return at === -1 ? made.length - 1 : at;
}

/** The first point at which the actual calls differ from the wanted ones. */
function firstDivergence(compared: Compared): Divergence {
  const looped = loopIn(compared) ?? otherOrder(compared);
  if (looped !== undefined) return looped;
  const { wanted, made, aligned, order } = compared;
  const missing = new Set(aligned.missing);
  const extra = new Set(aligned.extra);
  if (order === "any") return firstOfUnordered(compared);
  // The aligned pairs are in order. Each step of the loop goes to the next wanted call (w), the next actual call (g),
  // or both.
  for (let w = 0, g = 0; w < wanted.length || g < made.length; ) {
    if (w < wanted.length && aligned.madeOf[w] === g) {
      w++;
      g++;
    } else if (w < wanted.length && missing.has(w)) {
      // The calls made instead, up to the next wanted call.
      const here: number[] = [];
      for (let at = g; extra.has(at); at++) here.push(at);
      return unmade(compared, w, here, g);
    } else if (extra.has(g)) return unwanted(compared, g);
    else {
      // A call that only reads, which `extra: allow-reads` does not count.
      if (g >= made.length) break;
      g++;
    }
  }
  return { reason: "other calls", fault: { class: "tool-choice" } };
}

/**
 * The difference to report with `order: any`: the first missing call, or the first unexpected one.
 *
 * The unexpected call is reported when no call is missing. It is also reported when it is of another tool than all
 * missing calls, and each missing call was made with other arguments: then it was not made in place of any of them.
 */
function firstOfUnordered(compared: Compared): Divergence {
  const { wanted, made, aligned } = compared;
  const [want] = aligned.missing;
  const [got = 0] = aligned.extra;
  if (want === undefined) return unwanted(compared, got);
  const meansTool = (call: number) => (index: number) => wanted[index]?.name === made[call]?.name;
  const isMade = (index: number): boolean => aligned.extra.some((call) => meansTool(call)(index));
  const isForeign = aligned.extra.length > 0 && !aligned.missing.some(meansTool(got));
  return isForeign && aligned.missing.every(isMade)
    ? unwanted(compared, got)
    : unmade(compared, want, aligned.extra);
}

/**
 * Asks, as the end of a sentence, whether a called tool with a similar name is meant: the case may have misspelt the
 * name. Empty when the wanted tool was called, or no name is similar.
 */
function meantTool({ name }: WantedCall, made: readonly ToolUse[]): string {
  const names = made.map((call) => call.name);
  // Short names are similar by chance, so no tool is suggested for them.
  const near = names.includes(name) || name.length < 4 ? undefined : nearest(name, names);
  return near === undefined ? "" : `; is ${near} meant?`;
}

/**
 * Describes a wanted call that was not made.
 *
 * @param instead indexes of the actual calls that may have replaced it
 * @param next index of the following actual call; absent when calls have no order
 */
function unmade(compared: Compared, want: number, instead: readonly number[], next?: number): Divergence {
  const { wanted, made } = compared;
  const one = wanted[want] as WantedCall;
  const same = instead.find((at) => made[at]?.name === one.name);
  if (same !== undefined) return otherArguments(compared, one, same);
  const [at] = instead;
  const got = at === undefined ? undefined : made[at];
  const after = next === undefined ? undefined : made[next];
  if (got === undefined && after !== undefined && next !== undefined)
    return {
      reason: `no call ${callWords(one)} before call ${next + 1}, ${callWords(after)}${meantTool(one, made)}`,
      fault: faultAt("tool-choice", after, one.name),
    };
  if (at === undefined || got === undefined)
    return {
      reason: `no call ${callWords(one)}: ${made.length === 0 ? "no tool was called" : `${made.length === 1 ? "1 call" : `${made.length} calls`}, ${wanted.length} wanted`}${meantTool(one, made)}`,
      fault: faultAt("tool-choice", undefined, one.name),
    };
  return {
    reason: `call ${at + 1}: expected ${callWords(one)}, got ${callWords(got)}${meantTool(one, made)}`,
    fault: faultAt("tool-choice", got, got.name),
  };
}

function unwanted({ made }: Compared, at: number): Divergence {
  const got = made[at] as ToolUse;
  return {
    reason: `call ${at + 1}, ${callWords(got)}, was not expected`,
    fault: faultAt("tool-choice", got, got.name),
  };
}

/** Compares an answer's calls with the wanted ones: F1 of the best alignment, and the first divergence. */
export function compareCalls(
  allWanted: readonly WantedCall[],
  allMade: readonly ToolUse[],
  options: CallOptions,
): Judgement {
  const { only, order } = options;
  const isLookedAt = ({ name }: { readonly name: string }): boolean =>
    only === undefined || only.includes(name);
  const wanted = allWanted.filter(isLookedAt);
  const isFree = (call: ToolUse): boolean =>
    options.extra === "allow-reads" && (call.reads === true || options.reads.includes(call.name));
  const modeOf = modeFor(options.arguments);
  const listed = allMade.filter(isLookedAt);
  // When no other calls are allowed, extra calls of tools that only read must not shift the positions of the
  // remaining calls.
  const made = order === "exact" ? withoutFree(wanted, listed, modeOf, isFree) : listed;
  const aligned = alignCalls(wanted, made, { order, modeOf });
  const extra = aligned.extra.filter((at) => !isFree(made[at] as ToolUse));
  const counted = aligned.matched + extra.length;
  const score = wanted.length + counted === 0 ? 1 : (2 * aligned.matched) / (wanted.length + counted);
  if (score === 1)
    return {
      score,
      reason: wanted.length === 0 ? "no call, and none wanted" : `${aligned.matched} calls as expected`,
    };
  return { score, ...firstDivergence({ wanted, made, aligned: { ...aligned, extra }, order, modeOf }) };
}

function withoutFree(
  wanted: readonly WantedCall[],
  made: readonly ToolUse[],
  modeOf: Compared["modeOf"],
  isFree: (call: ToolUse) => boolean,
): readonly ToolUse[] {
  const { extra } = alignCalls(wanted, made, { order: "in-order", modeOf });
  return made.filter((call, at) => !extra.includes(at) || !isFree(call));
}
