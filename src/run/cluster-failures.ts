import type { Failure, FailureCluster } from "../domain/failure.ts";

/** A failed trial with the cause of its failure. */
export interface SeenFailure {
  readonly case: string;
  /** Number of the trial, from 1. */
  readonly trial: number;
  readonly failure: Failure;
}

const MAX_CLUSTERS = 5;
/** Maximum number of failures of one tool that are compared with each other; further ones are only counted. */
const MAX_COMPARED = 500;
/** Minimum cosine similarity of two reasons in one cluster. */
const ALIKE = 0.5;

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}_]{2,}/gu) ?? [];

type Weights = ReadonlyMap<string, number>;

/** TF-IDF of each text, normalized to length 1. */
function weighted(texts: readonly string[]): readonly Weights[] {
  const all = texts.map(wordsOf);
  const seenIn = new Map<string, number>();
  for (const words of all) for (const word of new Set(words)) seenIn.set(word, (seenIn.get(word) ?? 0) + 1);
  return all.map((words) => {
    const weights = new Map<string, number>();
    for (const word of words) weights.set(word, (weights.get(word) ?? 0) + 1);
    let square = 0;
    for (const [word, times] of weights) {
      const weight = times * Math.log(1 + texts.length / (seenIn.get(word) ?? 1));
      weights.set(word, weight);
      square += weight * weight;
    }
    for (const [word, weight] of weights) weights.set(word, weight / Math.sqrt(square));
    return weights;
  });
}

function cosine(a: Weights, b: Weights): number {
  let sum = 0;
  for (const [word, weight] of a) sum += weight * (b.get(word) ?? 0);
  return sum;
}

/**
 * Groups the failures of one class by similarity. To limit memory, failures of one tool beyond `MAX_COMPARED`
 * are only counted.
 */
export interface FailureClusters {
  add(one: SeenFailure): void;
  /**
   * The largest groups, with the most typical failure of each. All failures of a group are about one tool and have
   * similar reasons.
   */
  all(): readonly FailureCluster[];
}

/** Failures about the same tool, or about no tool. */
interface OfOneTool {
  readonly compared: SeenFailure[];
  beyond: number;
}

export function failureClusters(): FailureClusters {
  const byTool = new Map<string | null, OfOneTool>();
  return {
    add: (one) => {
      const ofTool = byTool.get(one.failure.tool) ?? { compared: [], beyond: 0 };
      byTool.set(one.failure.tool, ofTool);
      if (ofTool.compared.length < MAX_COMPARED) ofTool.compared.push(one);
      else ofTool.beyond++;
    },
    all: () => {
      const clusters = [...byTool.values()].flatMap(alikeOnes);
      return clusters.sort((a, b) => b.trials - a.trials).slice(0, MAX_CLUSTERS);
    },
  };
}

function alikeOnes({ compared, beyond }: OfOneTool): readonly FailureCluster[] {
  const weights = weighted(compared.map(({ failure }) => failure.evidence));
  const groups: number[][] = [];
  for (const [at, own] of weights.entries()) {
    const group = groups.find(([first = 0]) => cosine(weights[first] ?? own, own) >= ALIKE);
    if (group === undefined) groups.push([at]);
    else group.push(at);
  }
  return groups.map((group, index) => {
    const typical = mostTypical(group, weights);
    const { case: id, trial, failure } = compared[typical] as SeenFailure;
    const trials = group.length + (index === 0 ? beyond : 0);
    return { trials, case: id, trial, evidence: failure.evidence, tool: failure.tool };
  });
}

/** Index of the failure that is most similar to the others of its group. */
function mostTypical(group: readonly number[], weights: readonly Weights[]): number {
  const center = new Map<string, number>();
  for (const at of group)
    for (const [word, weight] of weights[at] ?? []) center.set(word, (center.get(word) ?? 0) + weight);
  let best = group[0] ?? 0;
  let largest = -1;
  for (const at of group) {
    const near = cosine(weights[at] ?? new Map(), center);
    if (near > largest + 1e-12) {
      largest = near;
      best = at;
    }
  }
  return best;
}
