import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunReport } from "../../domain/report.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { PromptText, PromptTexts } from "../../domain/viewed-run.ts";

/**
 * The prompt texts of both sides. They are read from the work tree, because a published version never changes. Null
 * when both sides have the same version, or a file is missing.
 */
export function promptTexts(root: string, report: RunReport, before: RunHeader | null): PromptTexts | null {
  const to = report.header.prompt;
  if (to === null || report.comparison === null) return null;
  const { contract } = report.comparison;
  const from =
    before?.prompt ?? (contract === undefined ? null : { name: contract.prompt, version: contract.from });
  if (from === null || (from.name === to.name && from.version === to.version)) return null;
  const texts = [from, to].map((one) => promptText(root, one));
  const [earlier = null, later = null] = texts;
  return earlier === null || later === null ? null : { from: earlier, to: later };
}

function promptText(
  root: string,
  { name, version }: { readonly name: string; readonly version: string },
): PromptText | null {
  if (`${name}/${version}`.split("/").includes("..")) return null;
  try {
    return { name, version, text: readFileSync(join(root, "prompts", name, `${version}.md`), "utf8") };
  } catch {
    return null;
  }
}
