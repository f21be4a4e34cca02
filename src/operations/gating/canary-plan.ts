import { type Canary, chooseCanaries, LEAST_CANARIES } from "../../baselines/canary.ts";
import { sha256 } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { LoadedPrompt } from "../../domain/project.ts";
import { commitTree } from "../../project/commit-tree.ts";
import type { FileSource } from "../../project/file-source.ts";
import { loadPrompt } from "../../project/find-prompt.ts";
import { workTree } from "../../project/work-tree.ts";
import { selectCases } from "../../run/narrow-cases.ts";
import { makePlan, type Plan } from "../../run/plan.ts";
import type { PreparedRun } from "../running/prepare-runs.ts";
import type { GateBaseline } from "./gate-baseline.ts";

/** The canaries of a run with their plan, or the reason why there are none. */
export type CanaryPlan =
  | { readonly canaries: readonly Canary[]; readonly plan: Plan }
  | { readonly refused: string };

/** Where to look for prompt versions. */
export interface PromptPlaces {
  /** Root of the files that are run. */
  readonly root: string;
  /** Root of the work tree, for git. */
  readonly home: string;
}

/** Chooses the canaries of a run; null when the suite uses none, or when there is no baseline. */
export async function planCanaries(
  prepared: PreparedRun,
  baseline: GateBaseline,
  places: PromptPlaces,
): Promise<CanaryPlan | null> {
  const { plan } = prepared;
  const size = plan.suite.suite.canary;
  if (size === undefined || baseline.side === null) return null;
  if (plan.target.client.immediate === true) return refused("the answers are recorded");
  if (!plan.target.cacheable) {
    return refused(
      `the code of model "${plan.model.alias}" may have changed, because it is not part of the request and the model declares no version`,
    );
  }
  const prompt = await baselinePrompt(plan, baseline, places);
  if (prompt === null) return refused("the prompt version of the baseline was not found");
  return planWith(prompt, prepared, baseline.side, size);
}

const refused = (why: string): CanaryPlan => ({ refused: `No canary was asked: ${why}.` });

function planWith(
  prompt: LoadedPrompt,
  { plan, cases }: PreparedRun,
  side: NonNullable<GateBaseline["side"]>,
  size: number,
): CanaryPlan {
  const places = new Map(side.ids.map((id, index) => [id, index]));
  const same = (id: string, hash: string, column: readonly string[] = []): boolean =>
    column[places.get(id) ?? -1] === hash;
  const eligible = new Set<string>();
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    const id = plan.id(caseNo);
    if (same(id, plan.contentHash(caseNo), side.contents)) eligible.add(id);
  }
  const seed = sha256(`canary\n${plan.hash}\n${side.fingerprint}`);
  const chosen = chooseCanaries(side, eligible, size, seed);
  if (chosen.length < LEAST_CANARIES) {
    return refused(
      `only ${chosen.length} suitable cases are unchanged since the baseline, and ${LEAST_CANARIES} are needed`,
    );
  }
  const narrowing = { cases: chosen.map((one) => one.id).sort(), tags: [], shard: null };
  const asking = makePlan({
    suite: { ...plan.suite, prompt },
    model: plan.model,
    target: plan.target,
    scorers: plan.scorers,
    redaction: plan.redaction ?? undefined,
    restricted: plan.restricted,
    judges: plan.judges,
    cases,
    selected: selectCases(cases, undefined, narrowing),
    narrowing,
    trials: 1,
  });
  for (let caseNo = 0; caseNo < asking.count; caseNo++) {
    if (!same(asking.id(caseNo), asking.key(caseNo), side.keys)) {
      return refused(
        "model, settings or scorers have changed since the baseline, so the baseline's requests cannot be repeated",
      );
    }
  }
  return { canaries: chosen, plan: asking };
}

/** The prompt version that the baseline names: this run's own, or one from the files or from git's history. */
async function baselinePrompt(
  { suite }: Plan,
  { side, commit }: GateBaseline,
  { root, home }: PromptPlaces,
): Promise<LoadedPrompt | null> {
  const own = suite.prompt;
  const version = side?.prompt?.version;
  if (own === null || version === undefined) return null;
  const name = side?.prompt?.name ?? own.version.name;
  if (name === own.version.name && version === own.version.version) return own;
  const spec = `${name}@${version}`;
  return (
    (await promptIn(() => workTree(root), spec)) ??
    (commit === null ? null : await promptIn(() => commitTree(home, commit), spec))
  );
}

/**
 * A prompt version; null when it does not exist or cannot be read. That is no error: the baseline's requests can then
 * not be repeated, so no canary is asked.
 */
async function promptIn(
  files: () => FileSource | Promise<FileSource>,
  spec: string,
): Promise<LoadedPrompt | null> {
  try {
    return await loadPrompt(await files(), spec);
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}
