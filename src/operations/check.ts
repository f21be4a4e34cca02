import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Case, CaseSource } from "../domain/case.ts";
import { EXIT } from "../domain/exit-code.ts";
import { forbidsCode, isRefusedCode } from "../domain/no-exec.ts";
import { onFirstUse } from "../domain/on-first-use.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedModel, LoadedSuite, Project } from "../domain/project.ts";
import type { PromptVersion } from "../domain/prompt.ts";
import type { OpenScorer } from "../domain/scorer.ts";
import { publishedRefs } from "../git/published-files.ts";
import { labelsPath } from "../labels/labels-path.ts";
import { type MeasuredScorer, measuredScorers } from "../labels/measured-scorers.ts";
import { caseSecrets } from "../project/check-case-secrets.ts";
import { checkCases, filterMatches } from "../project/check-cases.ts";
import { checkLeaks, checkRendering } from "../project/check-leaks.ts";
import { lookAlikeIds } from "../project/check-look-alikes.ts";
import { changedPins } from "../project/check-pins.ts";
import { alwaysPassing } from "../project/check-thresholds.ts";
import { checkPrompts } from "../project/find-prompt.ts";
import { SECRET_CODE } from "../project/find-secrets.ts";
import { workTree } from "../project/work-tree.ts";
import { checkRequests } from "../run/case-requests.ts";
import { closeScorers, openEachScorer, scorerHost, withUnopened } from "../run/open-scorers.ts";
import { checkBaselines } from "./checking/check-baselines.ts";
import { judgeCheck } from "./checking/check-judges.ts";
import { checkPrices } from "./checking/check-prices.ts";
import type { Environment } from "./environment.ts";
import { changedPrompts, unknownPublished } from "./project/changed-prompts.ts";
import { locate, openProject } from "./project/open-project.ts";

/** What was checked, and the findings. */
export interface Checked {
  readonly suites: number;
  readonly cases: number;
  /** Mistakes; any of them means exit 2. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Aliases of models with an unknown price. */
  readonly unpriced: readonly string[];
  readonly exit: number;
}

/** What the check has counted and found so far. */
interface Checking {
  suites: number;
  cases: number;
  /** Case ids by suite name; only for suites with a labels file. */
  readonly ids: Map<string, readonly string[]>;
  /** By suite name, the scorers that labels can measure. */
  readonly measured: Map<string, readonly MeasuredScorer[]>;
  readonly problems: Problem[];
  readonly warnings: Problem[];
  /** Aliases of models with an unknown price. */
  unpriced: readonly string[];
}

export interface CheckInput {
  readonly directory: string | undefined;
  /** Whether to ask providers for their lists of models. Nothing else is ever sent over the network. */
  readonly online: boolean;
}

/** Reads every file and renders every prompt; needs no key and calls no model. */
export async function check(environment: Environment, { directory, online }: CheckInput): Promise<Checked> {
  const checked: Checking = {
    suites: 0,
    cases: 0,
    ids: new Map(),
    measured: new Map(),
    problems: [],
    warnings: [],
    unpriced: [],
  };
  try {
    const project = await openProject(environment, { directory });
    checked.warnings.push(...project.warnings);
    const prices = await checkPrices(project);
    checked.unpriced = prices.unpriced;
    checked.warnings.push(...prices.warnings);
    if (prices.unpriced.length > 0) checked.warnings.push(...(await refusedByRun(project, prices.unpriced)));
    if (online) {
      const { askForModels } = await import("./checking/ask-for-models.ts");
      checked.warnings.push(...(await askForModels(project, prices.warnings)));
    }
    for (const suite of project.suites) {
      const code = forbidsCode(project.env) ? await codeOf(project, suite) : [];
      if (code.length === 0) await checkSuite(project, suite, checked);
      else add(checked, code);
    }
    const judges = judgeCheck(project);
    try {
      // Judges that no suite uses are checked too. When code is forbidden, a judge that would run code is skipped.
      add(
        checked,
        (await judges.problems()).filter((one) => !isRefusedCode(one)),
      );
      const { judges: files } = await project.judges.all();
      if (files.length > 0) {
        const { paramsOfJudges } = await import("./checking/judge-params.ts");
        checked.warnings.push(...(await paramsOfJudges(files, project)));
      }
    } finally {
      await judges.close();
    }
  } catch (error) {
    note(error, checked);
    const { unreadJudges } = await import("./checking/unread-judges.ts");
    add(checked, await unreadJudges(environment, directory));
  }
  try {
    const { root, gitRoot } = locate(environment, directory);
    const files = workTree(root, gitRoot ?? root);
    add(checked, await checkPrompts(files));
    if (["labels", "judges"].some((folder) => existsSync(join(root, folder)))) {
      const { checkLabels } = await import("./checking/check-labels.ts");
      const labels = checkLabels(
        files,
        (suite) => checked.ids.get(suite),
        (suite) => checked.measured.get(suite),
      );
      add(checked, labels.problems);
      checked.warnings.push(...labels.warnings);
    }
    if (gitRoot !== null) {
      const refs = onFirstUse(() => publishedRefs(root));
      const [changed, unknown] = await Promise.all([
        changedPrompts(root, environment.env, refs),
        unknownPublished(root, environment.env, refs),
      ]);
      add(checked, changed);
      checked.warnings.push(...unknown);
    }
    const baselines = checkBaselines(root);
    add(checked, baselines.problems);
    checked.warnings.push(...baselines.warnings);
  } catch (error) {
    note(error, checked);
  }
  const { suites, cases, problems, unpriced } = checked;
  // A file is checked once for each prompt that its suite lists, so the same warning may have been found several times.
  const warnings = [...new Map(checked.warnings.map((one) => [JSON.stringify(one), one])).values()];
  const exit = problems.length > 0 ? EXIT.mistake : EXIT.ok;
  return { suites, cases, problems, warnings, unpriced, exit };
}

/**
 * Warnings about what `evals run` refuses where it has to ask a model without a price. They are no mistakes: a run
 * whose answers are recorded or stored needs no price.
 */
async function refusedByRun(project: Project, unpriced: readonly string[]): Promise<readonly Problem[]> {
  const { withoutPrice } = await import("./gating/refuse-unpriced.ts");
  return project.suites.flatMap((suite) =>
    withoutPrice(
      project,
      suite,
      suite.models.map(({ alias }) => alias).filter((alias) => unpriced.includes(alias)),
    ),
  );
}

/** One problem for each part of the suite whose check would run the project's code. */
async function codeOf(project: Project, suite: LoadedSuite): Promise<readonly Problem[]> {
  const { codeOfSuite } = await import("../project/find-code.ts");
  return codeOfSuite(project, suite, suite.models);
}

function note(error: unknown, checked: Checking): void {
  if (!(error instanceof EvalsError)) throw error;
  add(checked, error.problems);
}

/** Adds each problem only once, because two suites may use the same broken prompt. */
function add(checked: Checking, problems: readonly Problem[]): void {
  const known = new Set(checked.problems.map((one) => JSON.stringify(one)));
  checked.problems.push(...problems.filter((one) => !known.has(JSON.stringify(one))));
}

async function checkSuite(project: Project, suite: LoadedSuite, checked: Checking): Promise<void> {
  // A suite with several prompts is checked with each of them, but the suite and its cases are counted only once.
  const isCounted = checked.measured.has(suite.name);
  if (!isCounted) checked.suites++;
  checked.measured.set(suite.name, measuredScorers(suite.scorers));
  const judges = judgeCheck(project);
  try {
    const cases = await suite.openCases();
    if (!isCounted) checked.cases += cases.count;
    if (existsSync(join(project.root, labelsPath(suite.name))))
      checked.ids.set(
        suite.name,
        Array.from({ length: cases.count }, (_, at) => cases.id(at)),
      );
    const host = scorerHost(project, { concurrency: 1, judges: judges.host });
    const scorers = await openEachScorer(suite, host);
    try {
      add(checked, [...scorers.problems, ...(await checkCases(suite, cases, withUnopened(suite, scorers)))]);
      if (!checked.warnings.some((one) => one.code === SECRET_CODE && one.path === cases.path))
        checked.warnings.push(...caseSecrets(cases));
      checked.warnings.push(...alwaysPassing(suite), ...lookAlikeIds(cases));
      if (judges.models().length > 0) {
        const { selfJudging } = await import("./checking/self-judging.ts");
        checked.warnings.push(...selfJudging(project, suite, suite.models, judges.models()));
      }
      let unrendered: readonly Problem[] = [];
      if (suite.prompt !== null) {
        checked.warnings.push(...(await roleLines(suite.prompt.version, suite)));
        unrendered = checkRendering(suite.prompt, cases, suite);
        add(checked, unrendered);
        if (unrendered.length === 0) checked.warnings.push(...checkLeaks(suite.prompt, cases, suite.clock));
      }
      for (const model of suite.models) {
        checked.warnings.push(...changedPins(suite, model, project.models));
        const rendered = unrendered.length === 0;
        await checkTarget(project, { suite, model, cases, scorers: scorers.open, rendered }, checked);
      }
    } finally {
      await closeScorers(scorers.open);
      cases.close();
    }
  } catch (error) {
    note(error, checked);
    const { suiteMistakes } = await import("./project/further-mistakes.ts");
    add(checked, await suiteMistakes(project, suite));
  } finally {
    await judges.close();
  }
}

/** Warnings about lines that are nearly role lines. Few prompts have a line of one word, so few load what finds them. */
async function roleLines(version: PromptVersion, suite: LoadedSuite): Promise<readonly Problem[]> {
  const isOneWord = version.parts.some(
    (part) => part.kind === "message" && /^[ \t]*[A-Za-z]+[ \t]*:?[ \t]*$/m.test(part.template),
  );
  if (!isOneWord) return [];
  const { roleLikeLines } = await import("../project/check-role-lines.ts");
  return roleLikeLines(version, suite);
}

interface TargetCheck {
  readonly suite: LoadedSuite;
  readonly model: LoadedModel;
  readonly cases: CaseSource;
  readonly scorers: readonly OpenScorer[];
  /** Whether every case's prompt can be rendered. */
  readonly rendered: boolean;
}

/**
 * Opens a suite's target and checks the requests for the cases; nothing is sent. A chat API is left out unless the
 * suite has an agent, a simulated user or pressure, because its settings were already checked with the config.
 */
async function checkTarget(
  project: Project,
  { suite, model, cases, scorers, rendered }: TargetCheck,
  checked: Checking,
): Promise<void> {
  const { agent, user } = suite.suite;
  const converses = agent !== undefined || user !== undefined || suite.suite.pressure !== undefined;
  if (model.provider.prompt === "required" && !converses) return;
  const { openTarget } = await import("../run/open-target.ts");
  // This module loads much of the code of a run, so it is imported only for suites with conversations.
  const conversing = converses ? await import("./running/with-conversation.ts") : null;
  const ownKeys = model.provider.keys?.(model.settings) ?? [];
  const unset = [...ownKeys, ...(conversing?.neededVariables(suite) ?? [])];
  const env = { ...Object.fromEntries(unset.map((name) => [name, "unset"])), ...project.env };
  try {
    const ids = Array.from({ length: cases.count }, (_, index) => cases.id(index));
    const options = { concurrency: 1, caseIds: () => ids, warns: true };
    const asked = await openTarget({ ...project, env }, model, options);
    checked.warnings.push(...(asked.warnings ?? []));
    let target = asked;
    try {
      const of = { project: { ...project, env }, suite, concurrency: 1 };
      if (conversing !== null) target = await conversing.withConversation(asked, of);
      const chosen = (golden: Case): boolean => filterMatches(suite.suite.filter, golden);
      // A prompt that cannot be rendered was already reported. Here it would be reported again, once for each case.
      if (rendered) {
        add(checked, checkRequests(suite, target.client, cases, chosen));
        if (suite.prompt !== null) {
          const { unheardPrompt } = await import("./checking/unheard-prompt.ts");
          checked.warnings.push(...unheardPrompt(suite, model, cases, target.client));
        }
      }
      if (conversing !== null) {
        const { checkConversation } = await import("./running/check-conversation.ts");
        add(checked, checkConversation(suite, cases, target, scorers));
      }
      if (suite.suite.pressure !== undefined) {
        const { checkPressure } = await import("./running/pressed-suite.ts");
        add(checked, checkPressure(suite, cases, target));
      }
    } finally {
      await target.client.close();
    }
  } catch (error) {
    note(error, checked);
  }
}
