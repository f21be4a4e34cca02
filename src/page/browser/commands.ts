import { shellWord } from "../../domain/shell-word.ts";
import type { Route } from "./route.ts";

/** The command that prints the content of a view, ready to be pasted. */
export function commandOf(route: Route): string {
  switch (route.view) {
    case "home":
      return "evals history";
    case "run": {
      const [a, b] = sidesOf(route.key);
      return b === undefined ? `evals show ${a}` : `evals diff run:${a} run:${b}`;
    }
    case "case":
      return `evals show ${shellWord(`${candidateOf(route.key)}/${route.id}`)}`;
    case "trial": {
      const [a, b] = sidesOf(route.key);
      const run = route.side === "now" || b === undefined ? candidateOf(route.key) : a;
      return `evals show ${shellWord(`${run}/${route.id}/${route.trial}`)}`;
    }
    case "matrix":
      return route.keys.map((key) => `evals show ${candidateOf(key)}`).join("; ");
    case "labels":
      return "evals label <suite>";
    case "labelling": {
      const { suite, judge } = route;
      return `evals label ${shellWord(suite)}${judge === null ? "" : ` --judge ${shellWord(judge)}`}`;
    }
    case "traffic":
      return "evals traffic";
    case "trace":
      return `evals show ${shellWord(`trace:${route.id}`)}`;
    default:
      return route satisfies never;
  }
}

/** The run ids in a key: two for `a..b`, one for `a`. */
export function sidesOf(key: string): [string, string?] {
  const [a = "", b] = key.split("..");
  return b === undefined ? [a] : [a, b];
}

/** Id of the run whose cases the page lists for a key: `b` for the key `a..b`, `a` for the key `a`. */
export function candidateOf(key: string): string {
  const [a, b] = sidesOf(key);
  return b ?? a;
}
