import type { LoadedModel, LoadedSuite } from "./project.ts";
import { namedVersion } from "./prompt.ts";
import type { RunHeader } from "./run.ts";

/** What of a run's header says which of its suite's targets it is of. */
export type TargetFacts = Pick<RunHeader, "prompt" | "alias" | "one_of_prompts" | "one_of_several">;

/** The prompt where the suite lists prompts, the model's alias where it lists models; empty where it has one target. */
export function targetParts({ prompt, alias, one_of_prompts, one_of_several }: TargetFacts): string[] {
  return [
    ...(one_of_prompts === true && prompt !== null ? [promptWord(prompt)] : []),
    ...(one_of_several ? [alias] : []),
  ];
}

/**
 * Which of the targets that its suite lists a run is of: `support@1.1.0`, `small`, `support@1.1.0.small`; null where the suite has one.
 * Names of baselines and lines of tags are made of it, so a prompt's folders are in it with a plus sign.
 */
export function listedTarget(facts: TargetFacts): string | null {
  const parts = targetParts(facts);
  return parts.length === 0 ? null : parts.join(".").replaceAll("/", "+");
}

/** The same of a suite that is not run yet. */
export function listedTargetOf(
  suite: Pick<LoadedSuite, "suite" | "prompt">,
  model: Pick<LoadedModel, "alias">,
) {
  return listedTarget(factsOfTarget(suite, model));
}

/** What a run of the suite with the model will say of its target. */
export function factsOfTarget(
  { suite, prompt }: Pick<LoadedSuite, "suite" | "prompt">,
  { alias }: Pick<LoadedModel, "alias">,
): TargetFacts {
  const version = namedVersion(prompt);
  return {
    prompt: version === null ? null : { name: version.name, version: version.version },
    alias,
    one_of_several: (suite.models?.length ?? 0) > 0,
    ...(suite.prompts === undefined ? {} : { one_of_prompts: true }),
  };
}

/** `support@1.1.0`. */
export function promptWord({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}

/** Equal for two runs of one suite that are of the same target. */
export function targetKey(header: TargetFacts & Pick<RunHeader, "suite">): string {
  return JSON.stringify([header.suite, header.alias, header.one_of_prompts === true ? header.prompt : null]);
}
