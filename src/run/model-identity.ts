import type { Json } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import { type LoadedModel, type Project, recordedModel } from "../domain/project.ts";
import type { OpenTarget } from "../domain/provider.ts";

/**
 * Everything that determines a model's replies besides the question: the provider's identity and the common part
 * of its requests. A recording has the identity of the model that it replays.
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

/**
 * The request of a chat model for an empty question. Embedding models take no messages, so they get an empty
 * input.
 */
function emptyRequest({ client }: OpenTarget): Json {
  try {
    return client.prepare({ case_id: "", input: null, messages: [{ role: "user", content: "" }] });
  } catch (error) {
    if (!(error instanceof SettingMistake)) throw error;
    return client.prepare({ case_id: "", input: "", messages: null });
  }
}

const NOT_DEFINING = ["price", "limits", "timeout", "fallback", "headers", "isolate"];

/** The settings of a user's own service that determine replies: templates and paths. */
function definingSettings({ settings }: LoadedModel): Json {
  const entries = Object.entries(settings as Record<string, Json | undefined>);
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== undefined && !NOT_DEFINING.includes(name)),
  ) as Json;
}
