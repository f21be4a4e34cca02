import { canonicalJson } from "../../domain/json.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { resumeCommand } from "../../domain/resume-command.ts";
import type { Narrowing, RunHeader } from "../../domain/run.ts";
import { isVersionOf } from "../../project/version-files.ts";
import { repeatedOptions } from "./repeated-options.ts";
import { narrowingOf, type RunRequest } from "./run-request.ts";

/**
 * The request with the suite, model, prompt and trials of the named run. Options that only say how the run is
 * continued (`--concurrency`, `--budget`, `--baseline`, …) stay.
 *
 * @throws {EvalsError} EVALS_RESUME_OPTION, once for each option that names something else than the run has
 */
export async function resumedRequest(request: RunRequest, header: RunHeader): Promise<RunRequest> {
  const { id, suite, alias, prompt } = header;
  const others = await otherOptions(request, header);
  if (others.length > 0) throw new EvalsError(others.map((one) => otherOption(one, header, request)));
  return {
    ...request,
    run: id,
    suites: [suite],
    model: [alias],
    prompt: prompt === null ? request.prompt : [`${prompt.name}@${prompt.version}`],
    trials: request.trials ?? header.given_trials,
  };
}

/** An option as it was typed, and what the resumed run has instead. */
interface OtherOption {
  readonly typed: string;
  readonly has: string;
}

async function otherOptions(request: RunRequest, header: RunHeader): Promise<OtherOption[]> {
  const { prompt, alias, suite, trials, provider } = header;
  const otherPrompts: string[] = [];
  for (const spec of prompt === null ? [] : request.prompt)
    if (prompt !== null && !(await isVersionOf(spec, prompt))) otherPrompts.push(spec);
  const ofPrompt = prompt === null ? "" : `prompt ${prompt.name}@${prompt.version}`;
  return [
    ...request.suites
      .filter((name) => name !== suite)
      .map((name) => ({ typed: `The suite ${name}`, has: `suite ${suite}` })),
    ...request.model
      .filter((name) => name !== alias)
      .map((name) => ({ typed: `--model ${name}`, has: `model ${alias}` })),
    ...otherPrompts.map((spec) => ({ typed: `--prompt ${spec}`, has: ofPrompt })),
    ...(request.trials === undefined || request.trials === trials
      ? []
      : [{ typed: `--trials ${request.trials}`, has: `trials ${trials}` }]),
    ...otherCases(request, header.narrowing),
    ...(request.replay && !isRecording(provider)
      ? [{ typed: "--replay", has: "a model that is asked" }]
      : []),
  ];
}

/** The options that choose other cases than the resumed run has. */
function otherCases(request: RunRequest, narrowing: Narrowing | null): OtherOption[] {
  const has = narrowing === null ? "all cases of its suite" : narrowingWords(narrowing);
  const { failing } = request;
  const typed = narrowingOf(request);
  const { failing: ofRun, ...own } = narrowing ?? WHOLE;
  // A run of failing cases stores only the ids of its cases, and not the pattern of `--case`, so the patterns
  // are not compared.
  const cases = failing !== undefined && ofRun !== undefined ? { cases: own.cases } : {};
  return [
    ...(failing !== undefined && ofRun?.startsWith(failing) !== true
      ? [{ typed: failing === "" ? "--failing" : `--failing=${failing}`, has }]
      : []),
    ...(typed === null || canonicalJson({ ...typed, ...cases }) === canonicalJson(own)
      ? []
      : [{ typed: narrowingWords(typed), has }]),
  ];
}

/** The options that choose the cases of a narrowed run, as they are typed. */
function narrowingWords({ cases, tags, shard, words, failing }: Narrowing): string {
  return [
    ...(failing === undefined ? cases.map((id) => `--case ${id}`) : [`--failing=${failing}`]),
    ...tags.map((tag) => `--tag ${tag}`),
    ...(words === undefined ? [] : [`-t ${words}`]),
    ...(shard === null ? [] : [`--shard ${shard}`]),
  ].join(" ");
}

const WHOLE: Narrowing = { cases: [], tags: [], shard: null };

function otherOption({ typed, has }: OtherOption, { id, suite }: RunHeader, request: RunRequest): Problem {
  const repeated_options = repeatedOptions(request, request.at);
  return {
    code: "EVALS_RESUME_OPTION",
    what: `${typed} does not match run ${id}, which has ${has}.`,
    why: "A resumed run keeps its plan, so that all of its answers can be counted together.",
    fix: `Leave this option out: ${resumeCommand({ id, suite, repeated_options })}; or start a new run, without --run`,
  };
}
