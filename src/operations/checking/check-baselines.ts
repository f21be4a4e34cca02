import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseBaseline } from "../../baselines/baseline-file.ts";
import { parseAnswers } from "../../baselines/kept-answers.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { bytesOf } from "../../labels/durable-file.ts";
import { suiteNames } from "../project/suite-names.ts";

const FOLDER = "evals/baselines";

/**
 * Checks every baseline file. A damaged, truncated or conflicted file is a problem; a file
 * without a suite is a warning.
 */
export function checkBaselines(root: string): {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
} {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const suites = new Set(suiteNames(root));
  const names = existsSync(join(root, FOLDER)) ? readdirSync(join(root, FOLDER)).sort() : [];
  for (const name of names.filter((one) => one.endsWith(".jsonl"))) {
    const path = `${FOLDER}/${name}`;
    try {
      const bytes = bytesOf(root, path);
      if (name.endsWith(".answers.jsonl")) parseAnswers(bytes, path);
      else {
        const { suite } = parseBaseline(bytes, path).header;
        if (!suites.has(suite)) warnings.push(withoutSuite(path, suite));
      }
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      problems.push(...error.problems);
    }
  }
  return { problems, warnings };
}

function withoutSuite(path: string, suite: string): Problem {
  return {
    code: "EVALS_BASELINE_SUITE_GONE",
    path,
    line: 1,
    column: 1,
    what: `This is the baseline of suite "${suite}", but there is no evals/${suite}.yaml.`,
    why: "No run is compared with this baseline any more.",
    fix: `Remove the file: \`git rm ${path}\`. If you renamed the suite, run it under its new name and promote that run.`,
  };
}
