import type { PromptVersion } from "../domain/prompt.ts";
import { TemplateFailure } from "../templates/template.ts";

/**
 * The paths of a case that a prompt uses, such as `input.message`, sorted, including those used only under a
 * condition.
 *
 * @returns no paths for a template that is invalid Liquid
 */
export async function promptVariables({ parts }: Pick<PromptVersion, "parts">): Promise<string[]> {
  const names = new Set<string>();
  for (const part of parts) {
    if (part.kind === "messages") names.add(part.path);
    else {
      for (const name of await pathsOf(part.template)) names.add(name);
      for (const { path } of part.attach ?? []) names.add(path);
    }
  }
  return [...names].sort();
}

async function pathsOf(template: string): Promise<string[]> {
  if (!/\{[{%]/.test(template)) return [];
  const { liquidPaths } = await import("../templates/liquid-template.ts");
  try {
    return liquidPaths(template);
  } catch (error) {
    if (error instanceof TemplateFailure) return [];
    throw error;
  }
}
