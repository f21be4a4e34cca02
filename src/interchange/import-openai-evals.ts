import type { Imported, Importer } from "./imported.ts";
import { Found } from "./openai-evals/found.ts";
import { importHostedEval } from "./openai-evals/hosted.ts";
import { readHostedObjects } from "./openai-evals/hosted-objects.ts";
import { importHostedPrompts } from "./openai-evals/hosted-prompts.ts";
import { importRegistryFile } from "./openai-evals/registry.ts";
import { sourcePaths } from "./reading/several-files.ts";

/**
 * Imports OpenAI's evals of both kinds: registry files of the open repository (YAML with sample files), and saved
 * objects of the hosted API (JSON: evals, runs, output items, prompts).
 */
export const importOpenaiEvals: Importer = async (request): Promise<Imported> => {
  const found = new Found(request.options.model as string | undefined);
  const paths = sourcePaths(request);
  const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);
  for (const path of paths.filter(isYaml)) await importRegistryFile(request, path, found);
  const hosted = await readHostedObjects(
    request,
    paths.filter((path) => !isYaml(path)),
    found,
  );
  const [only, ...more] = hosted.evals;
  if (only !== undefined) importHostedEval(only, more.length === 0 ? request.name : undefined, found);
  for (const one of more) importHostedEval(one, undefined, found);
  importHostedPrompts(hosted.prompts, found);
  return {
    files: found.files,
    models: found.models,
    taken: found.taken,
    left: found.left.all(),
    kept: found.kept,
  };
};
