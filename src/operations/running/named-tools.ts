import type { Case, CaseSource } from "../../domain/case.ts";
import { didYouMean, nearest } from "../../domain/did-you-mean.ts";
import type { Problem } from "../../domain/problem.ts";
import type { LoadedSuite } from "../../domain/project.ts";
import type { KnownTools } from "../../domain/provider.ts";
import type { NamedTool, OpenScorer } from "../../domain/scorer.ts";
import { filterMatches } from "../../project/check-cases.ts";
import { problemList } from "../../project/dataset-problems.ts";

type Naming = Pick<OpenScorer, "name" | "tools">;

/** The tools that the scorers of a case name, in their settings and in the case. */
export function namedTools(scorers: readonly Naming[]): (golden: Case) => readonly string[] {
  return (golden) =>
    scoring(scorers, golden).flatMap(({ tools }) =>
      [...(tools?.(null) ?? []), ...(tools?.(golden) ?? [])].map(({ name }) => name),
    );
}

function scoring(scorers: readonly Naming[], { scorers: own }: Case): readonly Naming[] {
  return scorers.filter(({ name, tools }) => tools !== undefined && own?.includes(name) !== false);
}

/**
 * Finds tools that the scorers name and the suite's agent does not have. Tools of servers are only known in a trial,
 * which then checks the names.
 *
 * @param scorers opened, in the suite's order
 */
export function checkNamedTools(
  suite: LoadedSuite,
  cases: CaseSource,
  scorers: readonly Naming[],
  known: KnownTools,
): readonly Problem[] {
  if (known.offered === undefined && known.all === undefined) return [];
  const names = suite.suite.scorers.map(({ name, type }) => name ?? type);
  const inSuite = scorers.flatMap(({ name, tools }) =>
    (tools?.(null) ?? []).flatMap((tool): Problem[] => {
      const mistake = mistakeOf(tool, known);
      const at = ["scorers", names.indexOf(name), ...(tool.at ?? [])];
      return mistake === undefined ? [] : [{ ...mistake, path: suite.path, ...suite.places.at(at) }];
    }),
  );
  const inCases = problemList(cases.path);
  for (let index = 0; index < cases.count; index++) {
    const golden = cases.read(index);
    if (!filterMatches(suite.suite.filter, golden)) continue;
    const reported = new Set<string>();
    for (const tool of scoring(scorers, golden).flatMap(({ tools }) => tools?.(golden) ?? [])) {
      const mistake = reported.has(tool.name) ? undefined : mistakeOf(tool, known, golden);
      reported.add(tool.name);
      if (mistake === undefined) continue;
      const line = { path: cases.path, line: cases.line(index), column: 1 };
      inCases.add({ ...mistake, ...(tool.place ?? line) });
    }
  }
  return [...inSuite, ...inCases.all()];
}

function mistakeOf(
  { name, expected }: NamedTool,
  { offered, all }: KnownTools,
  golden?: Case,
): Omit<Problem, "path" | "line" | "column"> | undefined {
  const known = (expected === true ? offered : undefined) ?? all;
  if (known === undefined || known.includes(name)) return undefined;
  const who = golden === undefined ? "A scorer" : `Case "${golden.id}"`;
  if (all?.includes(name) === true)
    return {
      code: "EVALS_TOOL_LEFT_OUT",
      what: `${who} expects a call of the tool "${name}", and \`agent.allow\` leaves that tool out.`,
      why: "The agent is never offered this tool, so every answer would miss the call.",
      fix: `allow: [${[...known, name].join(", ")}], or expect another call.`,
    };
  return {
    code: "EVALS_TOOL_UNKNOWN",
    what: `${who} names a tool "${name}" that the suite's agent does not have.${didYouMean(name, known)}`,
    why: "No answer can call a tool that does not exist, so the score would say nothing about the agent.",
    fix: `Write ${nearest(name, known) ?? "the name of a tool"}. Tools of the agent: ${known.join(", ") || "none"}.`,
  };
}
