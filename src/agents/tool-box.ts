import { didYouMean } from "../domain/did-you-mean.ts";
import type { Json } from "../domain/json.ts";
import type { OfferedTool, ToolOutcome } from "../domain/tool.ts";
import {
  type CallBounds,
  type LeftWorld,
  lost,
  type ToolProvider,
  type ToolTrial,
  type TrialTools,
} from "./trial-tools.ts";

/** Opens the tools of all sources for one trial as one set, limited to the allowed ones. */
export async function openToolBox(
  providers: readonly ToolProvider[],
  allow: readonly string[] | undefined,
  trial: ToolTrial,
): Promise<TrialTools | Extract<ToolOutcome, { kind: "lost" }>> {
  const opened = await Promise.all(providers.map((one) => one.open(trial)));
  const ready = opened.filter((one): one is TrialTools => !("kind" in one));
  const failed = opened.find((one) => "kind" in one);
  const box = new ToolBox(ready, allow);
  const problem = failed ?? mistakeIn(box, ready, { allow, named: trial.named });
  if (problem === undefined) return box;
  await box.leave();
  return problem as Extract<ToolOutcome, { kind: "lost" }>;
}

/** A mistake that shows only once servers list their tools. `checkNames`, `checkAllowed` and `checkNamedTools` find all others. */
function mistakeIn(
  { twice }: ToolBox,
  sources: readonly TrialTools[],
  {
    allow = [],
    named = [],
  }: { readonly allow: readonly string[] | undefined; readonly named: readonly string[] | undefined },
): ReturnType<typeof lost> | undefined {
  if (twice !== undefined) return lost(`two tools are named "${twice}"`);
  const names = sources.flatMap(({ offered }) => offered.map((one) => one.name));
  for (const [who, listed] of [
    ["allow", allow],
    ["a scorer", named],
  ] as const) {
    const missing = listed.find((name) => !names.includes(name));
    if (missing !== undefined)
      return lost(`${who} names "${missing}", and there is no such tool.${didYouMean(missing, names)}`);
  }
  return undefined;
}

class ToolBox implements TrialTools {
  readonly offered: readonly OfferedTool[];
  /** A name that two tools share. */
  readonly twice: string | undefined;
  readonly #sources: readonly TrialTools[];
  readonly #sourceOf = new Map<string, TrialTools>();

  constructor(sources: readonly TrialTools[], allow: readonly string[] | undefined) {
    this.#sources = sources;
    const offered: OfferedTool[] = [];
    let twice: string | undefined;
    for (const source of sources) {
      for (const tool of source.offered) {
        if (allow?.includes(tool.name) === false) continue;
        if (this.#sourceOf.has(tool.name)) twice ??= tool.name;
        this.#sourceOf.set(tool.name, source);
        offered.push(tool);
      }
    }
    this.offered = offered;
    this.twice = twice;
  }

  async call(name: string, given: Readonly<Record<string, Json>>, bounds: CallBounds): Promise<ToolOutcome> {
    const source = this.#sourceOf.get(name);
    if (source !== undefined) return source.call(name, given, bounds);
    const names = this.offered.map((one) => one.name);
    return {
      kind: "error",
      message: `there is no tool "${name}"; there ${names.length === 1 ? "is" : "are"}: ${names.join(", ") || "none"}`,
    };
  }

  async leave(): Promise<LeftWorld> {
    const left = await Promise.all(this.#sources.map((one) => one.leave()));
    const failed = left.find((one) => one.kind !== "left");
    if (failed !== undefined) return failed;
    const seen = left.find((one) => one.kind === "left" && one.state !== undefined);
    return seen ?? { kind: "left", state: undefined };
  }
}
