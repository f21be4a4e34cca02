import { itemAt } from "./item-at.ts";

/** One element in the alignment of two sequences. */
export interface EditStep {
  readonly kind: "same" | "removed" | "added";
  readonly token: string;
}

/** Maximum number of removals and additions, because time and memory grow with the square of this number. */
const MAX_EDITS = 2_000;

/**
 * Myers' greedy algorithm: the fewest removals and additions that turn `from` into `to`. If more than 2,000 are needed,
 * all of `from` is removed and all of `to` is added.
 */
export function shortestEdit(from: readonly string[], to: readonly string[]): EditStep[] {
  const n = from.length;
  const m = to.length;
  const largest = Math.min(n + m, MAX_EDITS);
  const furthest = new Int32Array(2 * largest + 3);
  const origin = largest + 1;
  const trace: Int32Array[] = [];
  for (let d = 0; d <= largest; d++) {
    trace.push(furthest.slice(origin - d - 1, origin + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(furthest, origin + k - 1) < at(furthest, origin + k + 1));
      let x = down ? at(furthest, origin + k + 1) : at(furthest, origin + k - 1) + 1;
      while (x < n && x - k < m && from[x] === to[x - k]) x++;
      furthest[origin + k] = x;
      if (x >= n && x - k >= m) return walkBack(from, to, trace, d);
    }
  }
  return [...stepsOf(from, "removed"), ...stepsOf(to, "added")];
}

const at = (column: Int32Array, index: number): number => itemAt(column, index);

function walkBack(
  from: readonly string[],
  to: readonly string[],
  trace: readonly Int32Array[],
  distance: number,
): EditStep[] {
  const steps: EditStep[] = [];
  let x = from.length;
  let y = to.length;
  for (let d = distance; d > 0; d--) {
    const before = trace[d] as Int32Array;
    const middle = d + 1;
    const k = x - y;
    const down = k === -d || (k !== d && at(before, middle + k - 1) < at(before, middle + k + 1));
    const fromK = down ? k + 1 : k - 1;
    const startX = at(before, middle + fromK);
    // Goes back over the common elements, to the point where the step from the previous diagonal ended.
    const endX = down ? startX : startX + 1;
    while (x > endX) {
      steps.push({ kind: "same", token: itemAt(from, --x) });
      y--;
    }
    if (down) steps.push({ kind: "added", token: itemAt(to, --y) });
    else steps.push({ kind: "removed", token: itemAt(from, --x) });
  }
  while (x > 0) {
    steps.push({ kind: "same", token: itemAt(from, --x) });
    y--;
  }
  return steps.reverse();
}

function stepsOf(tokens: readonly string[], kind: "removed" | "added"): EditStep[] {
  return tokens.map((token) => ({ kind, token }));
}
