import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedModel, LoadedSuite, Project } from "../../domain/project.ts";
import { checkCases } from "../../project/check-cases.ts";
import { checkLeaks, checkRendering } from "../../project/check-leaks.ts";
import { checkPrompts } from "../../project/find-prompt.ts";
import { formatProblem, formatProblems } from "../../project/format-problems.ts";
import { workTree } from "../../project/work-tree.ts";
import { plural } from "../../reports/format-numbers.ts";
import { closeScorers, openScorers } from "../../run/open-scorers.ts";
import { changedPrompts } from "../changed-prompts.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { locate, openProject } from "../open-project.ts";

/** What `evals check` looked at. */
interface Checked {
  suites: number;
  cases: number;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** `evals check`: every file is read and every prompt rendered; no key is needed and no model is asked. */
export async function checkCommand(options: Record<string, unknown>, io: Io): Promise<number> {
  const checked: Checked = { suites: 0, cases: 0, problems: [], warnings: [] };
  try {
    const project = await openProject(io, { directory: options.directory as string | undefined });
    checked.warnings.push(...project.warnings);
    for (const suite of project.suites) await checkSuite(project, suite, checked);
  } catch (error) {
    note(error, checked);
  }
  try {
    const { root, gitRoot } = locate(io, options.directory as string | undefined);
    add(checked, await checkPrompts(workTree(root, gitRoot ?? root)));
    if (gitRoot !== null) add(checked, await changedPrompts(root));
  } catch (error) {
    note(error, checked);
  }
  const exit = checked.problems.length > 0 ? EXIT.mistake : EXIT.ok;
  if (options.json === true) await printJson(io, exit, checked);
  else print(io, checked);
  return exit;
}

function note(error: unknown, checked: Checked): void {
  if (!(error instanceof EvalsError)) throw error;
  add(checked, error.problems);
}

/** Each problem once: two suites may name one broken prompt. */
function add(checked: Checked, problems: readonly Problem[]): void {
  const known = new Set(checked.problems.map((one) => JSON.stringify(one)));
  checked.problems.push(...problems.filter((one) => !known.has(JSON.stringify(one))));
}

async function checkSuite(project: Project, suite: LoadedSuite, checked: Checked): Promise<void> {
  checked.suites++;
  try {
    const cases = suite.openCases();
    checked.cases += cases.count;
    const scorers = await openScorers(suite, { root: project.root, env: project.env, concurrency: 1 });
    try {
      checked.problems.push(...checkCases(suite, cases, scorers));
      if (suite.prompt !== null) {
        const unrendered = checkRendering(suite.prompt, cases, suite.suite.filter);
        checked.problems.push(...unrendered);
        if (unrendered.length === 0) checked.warnings.push(...checkLeaks(suite.prompt, cases));
      }
      for (const model of suite.models) await checkTarget(project, suite, model, cases, scorers, checked);
    } finally {
      await closeScorers(scorers);
      cases.close();
    }
  } catch (error) {
    note(error, checked);
  }
}

/** Opens what stands in the repository: recordings, modules, commands. A chat API's settings were read with the config. */
async function checkTarget(
  project: Project,
  suite: LoadedSuite,
  model: LoadedModel,
  cases: ReturnType<LoadedSuite["openCases"]>,
  scorers: Awaited<ReturnType<typeof openScorers>>,
  checked: Checked,
): Promise<void> {
  if (model.provider.prompt === "required") return;
  const { openTarget } = await import("../../run/open-target.ts");
  const { makePlan } = await import("../../run/plan.ts");
  const unset = model.provider.keys?.(model.settings) ?? [];
  const env = { ...Object.fromEntries(unset.map((name) => [name, "unset"])), ...project.env };
  try {
    const ids = Array.from({ length: cases.count }, (_, index) => cases.id(index));
    const target = await openTarget({ ...project, env }, model, { concurrency: 1, caseIds: () => ids });
    try {
      const selected = Uint32Array.from(ids, (_, index) => index);
      makePlan({ suite, model, target, scorers, cases, selected, narrowing: null, trials: 1 });
    } finally {
      await target.client.close();
    }
  } catch (error) {
    note(error, checked);
  }
}

function print(io: Io, { problems, warnings, suites, cases }: Checked): void {
  for (const one of warnings) io.stderr(`${formatProblem(one, "warning")}\n`);
  if (problems.length > 0) {
    io.stderr(formatProblems(problems));
    return;
  }
  const warned = warnings.length === 0 ? "" : `, ${plural(warnings.length, "warning")}`;
  io.stdout(`OK  ${plural(suites, "suite")}, ${plural(cases, "case")}${warned}\n`);
}

async function printJson(
  io: Io,
  exit: number,
  { problems, warnings, suites, cases }: Checked,
): Promise<void> {
  const { documentText, problemJson } = await import("../../reports/json/documents.ts");
  const document = {
    schema: "evals.check/1",
    exit,
    suites,
    cases,
    problems: problems.map(problemJson),
    warnings: warnings.map(problemJson),
  };
  io.stdout(documentText(document));
}
