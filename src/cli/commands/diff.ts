import { withExamples } from "../../baselines/case-examples.ts";
import { compareArms, worstVerdict } from "../../baselines/compare-arms.ts";
import { regressionRules } from "../../baselines/gate-run.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Comparison } from "../../domain/report.ts";
import { Gate, type RegressionRule } from "../../domain/suite.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { documentText } from "../../reports/json/documents.ts";
import { comparisonJson } from "../../reports/json/run-json.ts";
import { comparisonReport } from "../../reports/terminal/comparison.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { resolveSides, type SidePair } from "../diff-sides.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { locate, openProject } from "../open-project.ts";
import { storedArm } from "../stored-arm.ts";

/** `evals diff <a> [b]`: two sides of each suite, case by case. */
export async function diffCommand(
  options: Record<string, unknown>,
  a: string,
  b: string | undefined,
  io: Io,
): Promise<number> {
  const directory = options.directory as string | undefined;
  const { root } = locate(io, directory);
  const store = await openStore(root);
  try {
    const pairs = await resolveSides({ store, root, io, directory, a, b });
    const comparisons: Comparison[] = [];
    for (const pair of pairs) comparisons.push(await compare(pair, store, io, directory));
    const verdict = worstVerdict(comparisons.map((one) => one.verdict));
    const exit = exitFor(verdict);
    if (options.json === true) {
      const document = {
        schema: "evals.diff/1",
        exit,
        verdict,
        comparisons: comparisons.map(comparisonJson),
      };
      io.stdout(documentText(document));
    } else {
      const style = styleFor(options.color !== false && io.stdoutIsTerminal && !io.env.NO_COLOR);
      io.stdout(comparisons.map((one) => comparisonReport(one, style, io.width)).join("\n"));
    }
    return exit;
  } finally {
    store.close();
  }
}

/** 1 only for a regression, 3 when nothing can be compared, else 0. */
function exitFor(verdict: Verdict): number {
  if (verdict === "regressed") return EXIT.failed;
  return verdict === "incomparable" ? EXIT.undecided : EXIT.ok;
}

async function compare(
  { base, candidate, suite }: SidePair,
  store: Store,
  io: Io,
  directory: string | undefined,
): Promise<Comparison> {
  const { comparison } = compareArms(storedArm(store, base), storedArm(store, candidate), {
    rules: await rulesOf(suite, io, directory),
    narrowed: candidate.header.narrowing !== null,
  });
  return withExamples(comparison, store, base, candidate);
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
