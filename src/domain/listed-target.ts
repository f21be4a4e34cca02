import type { LoadedModel, LoadedSuite } from "./project.ts";
import { namedVersion } from "./prompt.ts";
import type { RunHeader } from "./run.ts";

/** The fields of a run's header that say which of the suite's targets the run used. */
export type TargetFacts = Pick<RunHeader, "prompt" | "alias" | "one_of_prompts" | "one_of_several">;

/** The prompt if the suite lists prompts, and the alias if it lists models; empty for a single target. */
export function targetParts({ prompt, alias, one_of_prompts, one_of_several }: TargetFacts): string[] {
  return [
    ...(one_of_prompts === true && prompt !== null ? [promptWord(prompt)] : []),
    ...(one_of_several ? [alias] : []),
  ];
}

/**
 * Which of its suite's targets a run used: `support@1.1.0`, `small`, `support@1.1.0.small`; null when the suite has
 * only one target. The text is part of the names of baseline files and of the messages of promotion tags. A plus sign
 * replaces each slash in a prompt's name, because a file name cannot contain a slash.
 */
export function listedTarget(facts: TargetFacts): string | null {
  const parts = targetParts(facts);
  return parts.length === 0 ? null : parts.join(".").replaceAll("/", "+");
}

/** The value that `listedTarget` will return for a run of the suite with the model. */
export function listedTargetOf(
  suite: Pick<LoadedSuite, "suite" | "prompt">,
  model: Pick<LoadedModel, "alias">,
) {
  return listedTarget(factsOfTarget(suite, model));
}

/** The header fields about the target that a run of the suite with the model will have. */
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

/** A version of a prompt as text: `support@1.1.0`. */
export function promptWord({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}

/** A key that is equal for two runs of one suite with the same target. */
export function targetKey(header: TargetFacts & Pick<RunHeader, "suite">): string {
  return JSON.stringify([header.suite, header.alias, header.one_of_prompts === true ? header.prompt : null]);
}
