import { canonicalJson, type Json } from "../domain/json.ts";
import type { Problem } from "../domain/problem.ts";
import { type LoadedModel, type LoadedSuite, type Project, recordedModel } from "../domain/project.ts";

/** The model settings that a prompt can pin. */
interface Settings {
  readonly model?: unknown;
  readonly params?: unknown;
  readonly context?: unknown;
}

/**
 * One problem for each setting of a suite that differs from the setting pinned by the suite's prompt version: model,
 * parameters or retrieval. For a model of `provider: outputs` nothing is compared: its answers are in a file, and it has
 * no such settings.
 */
export function changedPins(
  { prompt, places, suite }: LoadedSuite,
  model: LoadedModel,
  models: Project["models"],
): Problem[] {
  if (prompt === null || model.provider.answersFrom === "outputs") return [];
  const { name, version, pinned } = prompt.version;
  const asked = recordedModel(model, models);
  const at = suite.models === undefined ? ["model"] : ["models", suite.models.indexOf(model.alias)];
  return [
    ...changedModel(pinned.model, asked),
    ...changedParams(pinned.params, settingsOf(asked).params),
    ...changedRetrieval(pinned.retrieval, settingsOf(asked).context),
  ].map(({ released, asks }) => ({
    code: "EVALS_PROMPT_CONTEXT",
    path: places.path,
    ...places.at(at),
    what: `Version ${version} of prompt "${name}" was released with ${released}, and this suite asks with ${asks}.`,
    why: "A version includes the model and settings that it was released with; with others it behaves like another version.",
    fix: `Use the settings that the version pins, or write a version that pins the suite's settings: evals prompt new ${name} --bump major`,
  }));
}

const settingsOf = (model: LoadedModel): Settings => model.settings as Settings;

interface Change {
  readonly released: string;
  readonly asks: string;
}

/**
 * The change of the model; empty when the suite asks the pinned model. The prompt may pin a model's name or its
 * alias.
 */
function changedModel(pinned: string | null, asked: LoadedModel): Change[] {
  const { model } = settingsOf(asked);
  if (pinned === null || typeof model !== "string" || pinned === model || pinned === asked.alias) return [];
  return [{ released: `model ${pinned}`, asks: model }];
}

/** The pinned parameters that differ from those of the suite's model; other parameters are not compared. */
function changedParams(pinned: Json, params: unknown): Change[] {
  if (!isObject(pinned) || !isObject(params)) return [];
  const changed = Object.keys(pinned).filter(
    (key) => canonicalJson(pinned[key] ?? null) !== canonicalJson(params[key] ?? null),
  );
  if (changed.length === 0) return [];
  return [{ released: listed(changed, pinned), asks: listed(changed, params) }];
}

function listed(keys: readonly string[], values: Readonly<Record<string, unknown>>): string {
  return keys
    .map((key) => `${key} ${values[key] === undefined ? "unset" : short(JSON.stringify(values[key]))}`)
    .join(", ");
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** A target declares its retrieval as `context: { retrieval: … }`, or as the whole `context`. */
function changedRetrieval(pinned: Json, context: unknown): Change[] {
  if (pinned === null) return [];
  const declared = isObject(context) && "retrieval" in context ? context.retrieval : (context ?? null);
  if (canonicalJson(pinned) === canonicalJson(declared)) return [];
  return [
    {
      released: `retrieval ${short(JSON.stringify(pinned))}`,
      asks: declared === null ? "no retrieval declared under `context`" : short(JSON.stringify(declared)),
    },
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
