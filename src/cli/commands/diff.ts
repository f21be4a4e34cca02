import { canaryAgainst, withCanary } from "../../baselines/canary.ts";
import { withExamples } from "../../baselines/case-examples.ts";
import { compareSides, worstVerdict } from "../../baselines/compare-sides.ts";
import { holdContract, movementOf } from "../../baselines/contract.ts";
import { regressionRules } from "../../baselines/gate-run.ts";
import { SAME_RECORDING } from "../../baselines/same-recording.ts";
import { type SharedAnswers, withShared } from "../../baselines/shared-answers.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Comparison } from "../../domain/report.ts";
import { isUnfinished } from "../../domain/run.ts";
import { Gate, type RegressionRule } from "../../domain/suite.ts";
import type { Verdict } from "../../domain/verdict.ts";
import {
  declaredChange,
  factsOfBaseline,
  factsOfRun,
  type SideFacts,
} from "../../operations/gating/declared-change.ts";
import { locate, openProject } from "../../operations/project/open-project.ts";
import { openWrittenHistory } from "../../operations/project/open-written-history.ts";
import { resolveSides } from "../../operations/sides/diff-sides.ts";
import type { RunSides } from "../../operations/sides/missing-sides.ts";
import type { SidePair } from "../../operations/sides/pair-sides.ts";
import { partsOfRun, partsOfSide } from "../../operations/sides/run-parts.ts";
import type { SideSource } from "../../operations/sides/side-source.ts";
import { documentText } from "../../reports/json/documents.ts";
import { comparisonJson } from "../../reports/json/run-json.ts";
import { cut, plainLine } from "../../reports/plain-text.ts";
import { comparisonReport, VERDICT_WORDS } from "../../reports/terminal/comparison.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { comparisonSummary } from "../../reports/terminal/summary.ts";
import { unfinishedSentence } from "../../reports/unfinished.ts";
import { differingParts, type FingerprintParts, type PartDifference } from "../../run/fingerprint-parts.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { keepHeapSmall } from "../small-heap.ts";

/** `evals diff <a> [b]`: two sides of each suite, case by case. */
export async function diffCommand(
  options: Record<string, unknown>,
  a: string,
  b: string | undefined,
  io: Io,
): Promise<number> {
  keepHeapSmall();
  const directory = options.directory as string | undefined;
  const { root } = locate(io, directory);
  const store = await openWrittenHistory(root, io);
  try {
    const runMissing = options.runMissing === true ? runBesideOf(io) : null;
    const { pairs, recorded } = await resolveSides({ store, root, io, directory, a, b, runMissing });
    for (const { suite } of recorded) io.stderr(`${suite}: ${SAME_RECORDING}\n`);
    for (const line of unfinishedSides(pairs)) io.stderr(`${line}\n`);
    const comparisons: Comparison[] = [];
    for (const pair of pairs) comparisons.push(await compare(pair, store, io, directory));
    const differing = pairs.map(({ base, candidate }) =>
      differingParts(partsOf(base, store), partsOf(candidate, store)),
    );
    const verdict = pairs.length === 0 ? "none" : worstVerdict(comparisons.map((one) => one.verdict));
    const exit = exitFor(verdict);
    if (options.json === true) {
      const document = {
        schema: "evals.diff/1",
        exit,
        verdict,
        comparisons: [
          ...comparisons.map((one, at) => ({ ...comparisonJson(one), differing: differing[at] })),
          ...(await Promise.all(recorded.map((pair) => unmeasured(pair, store, io, directory)))),
        ],
      };
      io.stdout(documentText(document));
    } else {
      const terminal = { width: io.width, color: wantsColor(io, options.color) };
      const style = styleFor(terminal.color);
      const reports = comparisons.map(
        (one, at) => comparisonReport(one, style, io.width) + differingText(differing[at] ?? [], io.width),
      );
      io.stdout(reports.join("\n") + comparisonSummary(comparisons, VERDICT_WORDS, terminal));
    }
    return exit;
  } finally {
    store.close();
  }
}

/** Which cases two readings of one recording have in common: no metric of them is a measurement. */
async function unmeasured(pair: SidePair, store: Store, io: Io, directory: string | undefined) {
  return {
    ...comparisonJson(await compare(pair, store, io, directory)),
    verdict: "none",
    metrics: [],
    differing: [],
  };
}

/** What the runs say goes where progress goes: the comparison is what was asked for. */
function runBesideOf(io: Io): RunSides {
  return async (request) => {
    const { runCommand } = await import("./run.ts");
    await runCommand({ ...request }, { ...io, stdout: io.stderr, stdoutIsTerminal: false });
  };
}

/** Runs that lack trials because they have not ended: what they would have answered is in no number. */
function unfinishedSides(pairs: readonly SidePair[]): string[] {
  const runs = pairs.flatMap(({ base, candidate }) => [base.run, candidate.run]);
  return runs.flatMap((run) =>
    run === null || !isUnfinished(run.status)
      ? []
      : [`Run ${run.header.id} has not ended. ${unfinishedSentence(run.header, run.status)}`],
  );
}

function partsOf({ run, read }: SideSource, store: Store): FingerprintParts {
  return run === null ? partsOfSide(read()) : partsOfRun(store, run);
}

/** Which parts of the two fingerprints differ: the change behind the numbers. */
function differingText(differing: readonly PartDifference[], width: number): string {
  if (differing.length === 0) return "";
  const lines = differing.map(({ part, said }) => cut(`    ${part.padEnd(9)}${plainLine(said)}`, width));
  return ["", "  what differs", ...lines, ""].join("\n");
}

/** 1 only for a regression, 3 when nothing can be compared, else 0. */
function exitFor(verdict: Verdict | "none"): number {
  if (verdict === "regressed") return EXIT.failed;
  return verdict === "incomparable" ? EXIT.undecided : EXIT.ok;
}

async function compare(
  { base, candidate, suite }: SidePair,
  store: Store,
  io: Io,
  directory: string | undefined,
): Promise<Comparison> {
  const before = base.read();
  const { comparison: compared, findings } = withCanary(
    compareSides(before, candidate.read(), {
      rules: await rulesOf(suite, io, directory),
      narrowed: candidate.run !== null && candidate.run.header.narrowing !== null,
    }),
    canaryAgainst(before, candidate.run?.report ?? null),
  );
  const { root: home } = locate(io, directory);
  const declared = await declaredChange(factsOf(base, store), factsOf(candidate, store), { io, home });
  const comparison =
    declared === null
      ? compared
      : { ...compared, contract: holdContract(declared.change, movementOf(findings), declared.changes) };
  const named = { ...withShared(comparison, sharedBy(base, candidate, store)), ...aliasOf(base, candidate) };
  return candidate.run === null ? named : withExamples(named, store, base.run, candidate.run);
}

/** Answers that both sides are made of. Scored alike they are the same twice; under other scorers each side has its own. */
function sharedBy(base: SideSource, candidate: SideSource, store: Store): SharedAnswers {
  if (base.run === null || candidate.run === null) return { shared: 0, of: 0 };
  const scorers = ({ header }: StoredRun): string => header.scorers.map((one) => one.hash).join();
  if (scorers(base.run) !== scorers(candidate.run)) return { shared: 0, of: 0 };
  const before = new Set(store.answerIds(base.run.no));
  const after = store.answerIds(candidate.run.no);
  return { shared: after.filter((id) => before.has(id)).length, of: after.length };
}

/** The model's alias where the suite has several; a baseline has one only then. */
function aliasOf(...sides: readonly SideSource[]): { readonly alias?: string } {
  const [alias] = sides.flatMap(({ run, alias }) =>
    alias !== null && (run === null || run.header.one_of_several) ? [alias] : [],
  );
  return alias === undefined ? {} : { alias };
}

function factsOf({ run, alias, commit, read }: SideSource, store: Store): SideFacts {
  return run === null ? factsOfBaseline(read(), alias, commit) : factsOfRun(store, run);
}

/** The suite's own rules where its file can still be read; the defaults for one that is gone or broken. */
async function rulesOf(
  suite: string,
  io: Io,
  directory: string | undefined,
): Promise<readonly RegressionRule[]> {
  const defaults = regressionRules(Gate.parse({}));
  try {
    const project = await openProject(io, { directory, suites: [suite] });
    const rules = regressionRules(project.suites[0]?.suite.gate ?? Gate.parse({}));
    return rules.length === 0 ? defaults : rules;
  } catch (error) {
    if (error instanceof EvalsError) return defaults;
    throw error;
  }
}
