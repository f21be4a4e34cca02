import type { ArmAnswer } from "../domain/arms.ts";

/** All answers of one session, or a single answer without a session. */
export interface ArmSession {
  readonly answers: readonly ArmAnswer[];
  /**
   * Start time of the session's first answer, in milliseconds since 1970, UTC. When the time of any answer of the arm
   * is unknown, this number is no time, and only keeps the sessions in the order in which they were read.
   */
  readonly at: number;
}

/** One or more sessions of each arm that are compared with each other. */
export interface SessionPair {
  readonly a: readonly ArmSession[];
  readonly b: readonly ArmSession[];
}

export interface PairedArms {
  readonly design: "shadow" | "rollout";
  readonly a: readonly ArmSession[];
  readonly b: readonly ArmSession[];
  /** The pairs, in the order in which they became complete. */
  readonly pairs: readonly SessionPair[];
}

/** Arms are paired by input when both answered at least this share of the inputs of the arm with fewer inputs. */
const SAME_INPUTS = 0.9;

/** Pairs by input when both arms answered the same inputs, else by order of time. */
export function pairArms(a: readonly ArmAnswer[], b: readonly ArmAnswer[]): PairedArms {
  const [ofA, ofB] = [byInput(a), byInput(b)];
  const common = ofA === null || ofB === null ? [] : [...ofA.keys()].filter((input) => ofB.has(input));
  const [sessionsA, sessionsB] = [sessionsOf(a), sessionsOf(b)];
  const sides = { a: sessionsA, b: sessionsB };
  if (common.length === 0 || common.length < SAME_INPUTS * Math.min(ofA?.size ?? 0, ofB?.size ?? 0))
    return { design: "rollout", ...sides, pairs: pairInOrder(sessionsA, sessionsB) };
  return { design: "shadow", ...sides, pairs: pairByInput(common, ofA, ofB) };
}

type ByInput = ReadonlyMap<string, readonly ArmAnswer[]>;

/** Answers by input; null when an answer has no input. */
function byInput(answers: readonly ArmAnswer[]): ByInput | null {
  const found = new Map<string, ArmAnswer[]>();
  for (const answer of answers) {
    if (answer.input === null) return null;
    found.set(answer.input, [...(found.get(answer.input) ?? []), answer]);
  }
  return found;
}

/** All inputs of one session of arm a form one pair, because answers of one session are not independent evidence. */
function pairByInput(common: readonly string[], a: ByInput | null, b: ByInput | null): SessionPair[] {
  const pairs = new Map<string, { a: ArmAnswer[]; b: ArmAnswer[] }>();
  for (const input of common) {
    const answers = a?.get(input) ?? [];
    const key = answers[0]?.session ?? `input ${input}`;
    const pair = pairs.get(key) ?? { a: [], b: [] };
    pair.a.push(...answers);
    pair.b.push(...(b?.get(input) ?? []));
    pairs.set(key, pair);
  }
  const inOrder = [...pairs.values()].map((pair) => ({ a: whole(pair.a), b: whole(pair.b) }));
  return inOrder.sort((one, other) => one.a.at - other.a.at).map((pair) => ({ a: [pair.a], b: [pair.b] }));
}

function whole(answers: readonly ArmAnswer[]): ArmSession {
  return { answers, at: Math.min(...answers.map(({ at }) => at ?? 0)) };
}

function sessionsOf(answers: readonly ArmAnswer[]): ArmSession[] {
  const groups = new Map<string, ArmAnswer[]>();
  answers.forEach((answer, i) => {
    const key = answer.session === null ? `alone ${i}` : `session ${answer.session}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [answer]);
    else group.push(answer);
  });
  const isTimed = answers.every(({ at }) => at !== null);
  return [...groups.values()]
    .map((group, i) => (isTimed ? whole(group) : { answers: group, at: i }))
    .sort((one, other) => one.at - other.at);
}

/** A pair takes a sixteenth (rounded down) of the sessions that wait in each arm's queue, but at least one. */
const WAITING_EACH = 16;

/**
 * Pairs the n-th session of one arm with the n-th session of the other. If one arm has many more sessions, they queue
 * up, and several of them are paired with one session of the other arm. The pairing depends only on the order of
 * arrival, never on outcomes, and later sessions do not change earlier pairs.
 */
export function pairInOrder(a: readonly ArmSession[], b: readonly ArmSession[]): SessionPair[] {
  const pairs: SessionPair[] = [];
  const queues = { a: queue(), b: queue() };
  let [nextA, nextB] = [0, 0];
  while (nextA < a.length || nextB < b.length) {
    const isA = nextB >= b.length || (a[nextA]?.at ?? Number.POSITIVE_INFINITY) <= (b[nextB]?.at ?? 0);
    if (isA) queues.a.add(a[nextA++]);
    else queues.b.add(b[nextB++]);
    if (queues.a.size() > 0 && queues.b.size() > 0)
      pairs.push({ a: queues.a.take(WAITING_EACH), b: queues.b.take(WAITING_EACH) });
  }
  return pairs;
}

function queue() {
  const waiting: ArmSession[] = [];
  let from = 0;
  return {
    size: (): number => waiting.length - from,
    add: (one: ArmSession | undefined): void => void (one !== undefined && waiting.push(one)),
    take: (each: number): ArmSession[] => {
      const count = Math.max(1, Math.floor((waiting.length - from) / each));
      from += count;
      return waiting.slice(from - count, from);
    },
  };
}
