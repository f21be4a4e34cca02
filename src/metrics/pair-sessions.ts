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

/** The arms answered the same inputs when both answered at least this share of the inputs of the arm with fewer inputs. */
const SAME_INPUTS = 0.9;

/** One answer of each arm to the same input. */
export interface SameInput<A extends ArmAnswer> {
  readonly input: string;
  readonly a: A;
  readonly b: A;
}

/**
 * Answers of both arms to the same input, two by two; each answer at most once. Of a session that is in both arms, the
 * answers are put together; then the n-th answer of one arm with the n-th of the other.
 *
 * @returns empty when the arms did not answer the same inputs
 */
export function sameInputs<A extends ArmAnswer>(a: readonly A[], b: readonly A[]): SameInput<A>[] {
  const [ofA, ofB] = [byInput(a), byInput(b)];
  if (ofA === null || ofB === null) return [];
  const shared = [...ofA].filter(([input]) => ofB.has(input));
  if (shared.length < SAME_INPUTS * Math.min(ofA.size, ofB.size)) return [];
  return shared.flatMap(([input, own]) => {
    const others = ofB.get(input) ?? [];
    return twoByTwo(inOrder(own), inOrder(others)).map((two) => ({ input, ...two }));
  });
}

function twoByTwo<A extends ArmAnswer>(own: readonly A[], others: readonly A[]): { a: A; b: A }[] {
  const bySession = new Map<string, { readonly answers: A[]; next: number }>();
  for (const b of others) {
    if (b.session === null) continue;
    const there = bySession.get(b.session);
    if (there === undefined) bySession.set(b.session, { answers: [b], next: 0 });
    else there.answers.push(b);
  }
  const taken = new Set<A>();
  const twos: { a: A; b: A }[] = [];
  const alone: A[] = [];
  for (const a of own) {
    const same = a.session === null ? undefined : bySession.get(a.session);
    const b = same?.answers[same.next];
    if (same === undefined || b === undefined) {
      alone.push(a);
      continue;
    }
    same.next++;
    taken.add(b);
    twos.push({ a, b });
  }
  const left = others.filter((b) => !taken.has(b));
  for (const [n, a] of alone.entries()) {
    const b = left[n];
    if (b === undefined) break;
    twos.push({ a, b });
  }
  return twos;
}

/** Answers by input; null when an answer has no input. */
function byInput<A extends ArmAnswer>(answers: readonly A[]): ReadonlyMap<string, readonly A[]> | null {
  const found = new Map<string, A[]>();
  for (const answer of answers) {
    if (answer.input === null) return null;
    const there = found.get(answer.input);
    if (there === undefined) found.set(answer.input, [answer]);
    else there.push(answer);
  }
  return found;
}

/** By time where every time is known; else as read. */
function inOrder<A extends ArmAnswer>(answers: readonly A[]): readonly A[] {
  if (answers.length < 2 || answers.some(({ at }) => at === null)) return answers;
  return [...answers].sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
}

/**
 * Pairs by input when both arms answered the same inputs, else by order of time. Also by time when the same inputs come
 * back in different sessions, which would join these sessions into fewer, larger pairs.
 */
export function pairArms(a: readonly ArmAnswer[], b: readonly ArmAnswer[]): PairedArms {
  const sides = { a: sessionsOf(a), b: sessionsOf(b) };
  const pairs = pairByInput(sameInputs(a, b));
  const sessions = Math.min(sides.a.length, sides.b.length);
  if (pairs.length > 0 && pairs.length >= SAME_INPUTS * sessions)
    return { design: "shadow", ...sides, pairs };
  return { design: "rollout", ...sides, pairs: pairInOrder(sides.a, sides.b) };
}

/**
 * Makes pairs of answers to the same inputs. What belongs to one session, of either arm, forms one pair, because answers
 * of one session are not independent evidence.
 */
function pairByInput(twos: readonly SameInput<ArmAnswer>[]): SessionPair[] {
  const groupOf = connected(twos.map(({ a, b }) => [sessionKey("a", a), sessionKey("b", b)]));
  const groups = new Map<number, { a: ArmAnswer[]; b: ArmAnswer[] }>();
  twos.forEach((two, n) => {
    const number = groupOf(n);
    const group = groups.get(number) ?? { a: [], b: [] };
    group.a.push(two.a);
    group.b.push(two.b);
    groups.set(number, group);
  });
  const pairs = [...groups.values()].map(({ a, b }) => ({ a: whole(a), b: whole(b) }));
  return pairs.sort((one, other) => one.a.at - other.a.at).map((pair) => ({ a: [pair.a], b: [pair.b] }));
}

const sessionKey = (arm: "a" | "b", { session }: ArmAnswer): string | null =>
  session === null ? null : `${arm} ${session}`;

/**
 * Finds which items are connected by keys that they have in common, directly or through other items.
 *
 * @param keys of each item; null for a key that no other item has
 * @returns the number of an item's group
 */
function connected(keys: readonly (readonly (string | null)[])[]): (item: number) => number {
  const parents = Int32Array.from(keys, (_, item) => item);
  const root = (item: number): number => {
    let at = item;
    while (parents[at] !== at) {
      const next = parents[at] ?? at;
      // Shortens the way for the next search.
      parents[at] = parents[next] ?? next;
      at = next;
    }
    return at;
  };
  const firsts = new Map<string, number>();
  keys.forEach((own, item) => {
    for (const key of own) {
      if (key === null) continue;
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, item);
      else parents[root(item)] = root(first);
    }
  });
  return root;
}

function whole(answers: readonly ArmAnswer[]): ArmSession {
  return {
    answers,
    at: answers.reduce((first, { at }) => Math.min(first, at ?? 0), Number.POSITIVE_INFINITY),
  };
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
