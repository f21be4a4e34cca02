import type { Json } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import { type LoadedModel, type Project, recordedModel } from "../domain/project.ts";
import type { OpenTarget } from "../domain/provider.ts";

/**
 * All that decides replies beside what is asked: what a provider says of itself, and what it puts into every request. A
 * recording has that of the model it was made of.
 */
export function identityOf(
  project: Project,
  model: LoadedModel,
  target: OpenTarget,
): { readonly [name: string]: Json } {
  const asked = recordedModel(model, project.models);
  const always = asked.provider.prompt === "required" ? emptyRequest(target) : definingSettings(asked);
  return { target: target.identity, asked: always };
}

/** A chat model's request with nothing in it; that of a model of embeddings takes no messages. */
function emptyRequest({ client }: OpenTarget): Json {
  try {
    return client.prepare({ case_id: "", input: null, messages: [{ role: "user", content: "" }] });
  } catch (error) {
    if (!(error instanceof SettingMistake)) throw error;
    return client.prepare({ case_id: "", input: "", messages: null });
  }
}

const NOT_DEFINING = ["price", "limits", "timeout", "fallback", "headers", "isolate"];

/** Settings of a service of one's own: its templates and paths. */
function definingSettings({ settings }: LoadedModel): Json {
  const entries = Object.entries(settings as Record<string, Json | undefined>);
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== undefined && !NOT_DEFINING.includes(name)),
  ) as Json;
}
