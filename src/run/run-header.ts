import { factsOfTarget } from "../domain/listed-target.ts";
import { namedVersion, type PromptVersion } from "../domain/prompt.ts";
import type { PreparedRequest } from "../domain/provider.ts";
import type { RunHeader } from "../domain/run.ts";
import type { NewRunCase, RunWriter, Store } from "../store/store.ts";
import { blamesOf, runScorer } from "./fingerprint.ts";
import { priceSource } from "./model-price.ts";
import type { Plan } from "./plan.ts";
import type { RunSettings, RunWorld } from "./run-settings.ts";

/** The target as it is shown to people. An inline prompt has no version to show. */
export function targetWords(prompt: { readonly version: PromptVersion } | null, label: string): string {
  if (prompt === null) return label;
  const version = namedVersion(prompt);
  return version === null ? `inline prompt · ${label}` : `prompt ${version.version} · ${label}`;
}

/** The header under which a run is stored. */
export function headerOf(
  plan: Plan,
  {
    canaryOf,
    pressureOf,
    drift,
    batch,
    believed,
    options,
  }: Pick<RunSettings, "canaryOf" | "pressureOf" | "drift" | "batch" | "believed" | "options">,
  world: Pick<RunWorld, "newId" | "commit" | "branch" | "dirty" | "today">,
): RunHeader {
  const { suite, model, target } = plan;
  // Outputs that were made elsewhere were not asked with the project's prompts.
  const asked = model.provider.answersFrom === "outputs" ? null : suite.prompt;
  const facts = factsOfTarget({ ...suite, prompt: asked }, model);
  const { prompt } = facts;
  return {
    id: world.newId(),
    suite: suite.name,
    alias: model.alias,
    one_of_several: facts.one_of_several,
    ...(facts.one_of_prompts === true && prompt !== null ? { one_of_prompts: true } : {}),
    ...(suite.otherModel === true ? { other_model: true } : {}),
    provider: model.provider.kind,
    target: targetWords(asked, target.label),
    model: target.label,
    prompt,
    trials: plan.trials,
    ...(plan.sameTrials && pressureOf === undefined ? { given_trials: plan.trials } : {}),
    cases: plan.count,
    planned: plan.totalPlanned,
    fingerprint: plan.fingerprint,
    target_hash: plan.targetHash,
    rescored_from: null,
    ...(canaryOf === undefined ? {} : { canary_of: canaryOf }),
    ...(drift === undefined ? {} : { drift }),
    ...optionsIn(options),
    ...(batch === undefined ? {} : { batch: true }),
    ...(pressureOf === undefined ? {} : { pressure_of: pressureOf }),
    ...(plan.pressure === undefined ? {} : { pressure: plan.pressure }),
    ...(target.conversing?.played_by === undefined ? {} : { played_by: target.conversing.played_by }),
    plan: plan.hash,
    narrowing: plan.narrowing,
    ...(plan.suiteCases === undefined ? {} : { suite_cases: plan.suiteCases }),
    ...(plan.wholeFingerprint === undefined ? {} : { whole_fingerprint: plan.wholeFingerprint }),
    ...(priceSource([target]) === undefined ? {} : { price_source: priceSource([target]) }),
    scorers: plan.scorers.map((one, index) => ({
      ...runScorer(one),
      type: suite.scorers[index]?.definition.type ?? "",
      ...blamesOf(one, believed),
    })),
    parts: {
      dataset: plan.datasetPath,
      target: target.identity,
      scorers: plan.scorers.map((one) => one.identity),
    },
    ...(plan.restricted ? { restricted: true } : {}),
    commit: world.commit,
    branch: world.branch,
    dirty: world.dirty,
    started_at: world.today(),
  };
}

/** The header of a run that is resumed: only the options that go on with it are those of the new session. */
export function resumedHeader(
  { repeated_options: _, ...header }: RunHeader,
  { options }: Pick<RunSettings, "options">,
): RunHeader {
  return { ...header, ...optionsIn(options) };
}

const optionsIn = (options: RunSettings["options"]): Pick<RunHeader, "repeated_options"> =>
  options === undefined || options.length === 0 ? {} : { repeated_options: options };

export function createRun(plan: Plan, header: RunHeader, store: Pick<Store, "create">): RunWriter {
  return store.create(header, newCases(plan), {
    content: (caseNo) => {
      const { input, expected } = plan.kept(caseNo);
      return JSON.stringify({ input, expected });
    },
    request: plan.asks ? (caseNo) => JSON.stringify(keptRequest(plan, caseNo)) : null,
    ...(plan.redaction === null ? {} : { anew: true }),
  });
}

function keptRequest({ request, redaction }: Plan, caseNo: number): PreparedRequest {
  return redaction === null ? request(caseNo) : redaction.value(request(caseNo));
}

function* newCases(plan: Plan): IterableIterator<NewRunCase> {
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    yield {
      id: plan.id(caseNo),
      content_hash: plan.contentHash(caseNo),
      key: plan.key(caseNo),
      tags: plan.golden(caseNo).tags,
      planned: plan.planned(caseNo),
      request_hash: plan.requestHash(caseNo),
      asked_hash: plan.askedHash(caseNo),
    };
  }
}
