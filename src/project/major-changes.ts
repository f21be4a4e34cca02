import { canonicalJson, type Json } from "../domain/json.ts";
import type { PromptVersion } from "../domain/prompt.ts";
import type { MajorChange } from "../domain/prompt-change.ts";
import { promptVariables } from "./prompt-variables.ts";

/** Request parameters that define a model's tools and output format. */
const PARAMETERS = {
  "tool contract": ["tools", "tool_choice", "functions", "function_call"],
  "output schema": ["response_format", "text", "output_format", "output_config"],
} as const;

/** The differences between two versions' files that need a major version: in variables and pinned context. */
export async function majorChanges(from: PromptVersion, to: PromptVersion): Promise<MajorChange[]> {
  const [before, after] = [await promptVariables(from), await promptVariables(to)];
  const added = after.filter((name) => !before.includes(name)).map((name) => `${name} is new`);
  const removed = before.filter((name) => !after.includes(name)).map((name) => `${name} is gone`);
  const said = [...added, ...removed].join(", ");
  return [
    ...(said === "" ? [] : [{ what: "variables" as const, said }]),
    ...changedModel(from.pinned.model, to.pinned.model),
    ...changedParameters(from.pinned.params, to.pinned.params),
  ];
}

/**
 * The change between two pinned models. No change when one of them is null, because that version names no
 * model.
 */
export function changedModel(from: string | null, to: string | null): MajorChange[] {
  return from === null || to === null || from === to ? [] : [{ what: "model", said: `${from} became ${to}` }];
}

/**
 * Changes of output schema and tools.
 *
 * @param from parameters of a request, or a whole request; null when unknown
 */
export function changedParameters(from: Json, to: Json): MajorChange[] {
  if (!isObject(from) || !isObject(to)) return [];
  return (["output schema", "tool contract"] as const).flatMap((what) => {
    const changed = PARAMETERS[what].filter(
      (name) => canonicalJson(from[name] ?? null) !== canonicalJson(to[name] ?? null),
    );
    return changed.length === 0 ? [] : [{ what, said: `${changed.join(", ")} changed` }];
  });
}

/** Merges changes of the same kind. */
export function distinctChanges(changes: readonly MajorChange[]): MajorChange[] {
  const changesByKind = new Map<MajorChange["what"], Set<string>>();
  for (const { what, said } of changes)
    changesByKind.set(what, (changesByKind.get(what) ?? new Set()).add(said));
  return [...changesByKind].map(([what, said]) => ({ what, said: [...said].join(", ") }));
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
