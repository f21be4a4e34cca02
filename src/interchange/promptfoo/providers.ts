import type { Json } from "../../domain/json.ts";
import { asList, type ConfigSource, isObject, readSource, type Step } from "./config-source.ts";
import { pathOf } from "./config-test.ts";
import { headersOf } from "./headers.ts";
import { httpEntry } from "./http-target.ts";
import { LEFT_KEYS, TAKEN_KEYS } from "./known-keys.ts";
import type { Losses } from "./losses.ts";
import { execEntry, fileEntry } from "./own-code.ts";
import type { Entry, ProviderHelp, ProviderSpec } from "./provider-spec.ts";
import { inFile } from "./provider-tools.ts";
import { slugOf, type UniqueNames } from "./slug.ts";

/** A model of evalconfig.yaml. */
export interface Target {
  readonly alias: string;
  readonly entry: Entry;
}

/** The entries under `providers:` or `targets:`, as objects; those of a YAML or JSON file stand where it is named. */
export function providerSpecs(
  source: ConfigSource,
  steps: readonly Step[],
  value: Json | undefined,
  { losses, reading }: Pick<ProviderHelp, "losses" | "reading">,
): ProviderSpec[] {
  return asList(value).flatMap((one, index): ProviderSpec[] => {
    const here = Array.isArray(value) ? [...steps, index] : steps;
    const place = source.at(here);
    if (typeof one === "string") {
      const path = /^file:\/\/.+\.(?:ya?ml|json)$/.test(one) ? pathOf(reading, one) : undefined;
      if (path === undefined || path === source.path || reading.files.kind(path) !== "file")
        return [{ id: one, config: {}, place }];
      const file = readSource(reading.files.text(path), path);
      return providerSpecs(file, [], namesNoFile(file, losses), { losses, reading });
    }
    const named = isObject(one) ? byId(one) : [];
    if (named.length === 0)
      losses.add(place, "a provider", "The entry has no id, so it is unknown which provider is meant.");
    return named.map(([id, rest]) => {
      for (const key of Object.keys(rest))
        if (!(TAKEN_KEYS.provider ?? []).includes(key))
          losses.add(
            source.keyAt([...here, key]),
            `${key}: of the provider ${id}`,
            LEFT_KEYS.provider?.[key] ?? "This setting has no counterpart in evals.",
          );
      const text = (key: string): string | undefined =>
        typeof rest[key] === "string" ? String(rest[key]) : undefined;
      return {
        ...{
          id,
          label: text("label"),
          config: isObject(rest.config) ? withFiles(rest.config, reading) : {},
          place,
        },
        ...{ transform: text("transform"), prompts: rest.prompts },
      };
    });
  });
}

/** Settings whose value may be the content of a JSON or YAML file. */
const IN_FILES = ["tools", "response_format"];

/** The settings of a provider with the content of the files that they name, if these are data. */
function withFiles(config: Entry, reading: ProviderHelp["reading"]): Entry {
  const read = IN_FILES.flatMap((key): readonly (readonly [string, Json])[] => {
    const named = config[key];
    const content =
      typeof named === "string" && named.startsWith("file://") ? inFile(named, reading) : undefined;
    return content === undefined ? [] : [[key, content]];
  });
  return read.length === 0 ? config : { ...config, ...Object.fromEntries(read) };
}

/** The providers of a file, without those that are in yet another file, which are reported. */
function namesNoFile(file: ConfigSource, losses: Losses): Json {
  const isFile = (one: Json): boolean => typeof one === "string" && /^file:\/\/.+\.(?:ya?ml|json)$/.test(one);
  if (!asList(file.value).some(isFile)) return file.value;
  losses.add(file.at([]), "providers in another file", "Only a config may name a file of providers.");
  return asList(file.value).filter((one) => !isFile(one));
}

/** Providers by id, written as `{ id: openai:gpt-4o, … }` or as `{ openai:gpt-4o: { … } }`. */
function byId(one: Entry): readonly (readonly [id: string, rest: Entry])[] {
  if (typeof one.id === "string") return [[one.id, one]];
  return Object.entries(one).flatMap(([id, rest]) =>
    isObject(rest) && /[:/]/.test(id) ? [[id, rest] as const] : [],
  );
}

/** Converts a provider to a model of evalconfig.yaml; undefined when it is skipped, which is reported. */
export function targetOf(spec: ProviderSpec, names: UniqueNames, help: ProviderHelp): Target | undefined {
  const entry = entryOf(spec, help);
  if (entry === undefined) return undefined;
  return { alias: names.take(aliasOf(spec)), entry };
}

function aliasOf({ id, label }: ProviderSpec): string {
  const named =
    label ??
    (/^(?:https?|exec|file|python):/.test(id)
      ? id.replace(/^[a-z]+:(?:\/\/)?/, "").replace(/\?.*$/, "")
      : id
          .split(":")
          .slice(1)
          .filter((part) => !KINDS.has(part))
          .join(":") || id);
  return slugOf(named.replace(/[:/@]+/g, "-").replace(/\.(?:[cm]?[jt]s|py)\b/, "")) || "model";
}

/** Words between a provider's name and its model. */
const KINDS = new Set([
  "chat",
  "responses",
  "messages",
  "completion",
  "embedding",
  "embeddings",
  "moderation",
]);

/** Services with OpenAI-compatible chat completions: their base URL and key variable. */
const COMPATIBLE: Readonly<Record<string, { readonly base_url: string; readonly key?: string }>> = {
  ollama: { base_url: "http://localhost:11434/v1" },
  localai: { base_url: "http://localhost:8080/v1" },
  "llama.cpp": { base_url: "http://localhost:8080/v1" },
  groq: { base_url: "https://api.groq.com/openai/v1", key: "GROQ_API_KEY" },
  openrouter: { base_url: "https://openrouter.ai/api/v1", key: "OPENROUTER_API_KEY" },
  mistral: { base_url: "https://api.mistral.ai/v1", key: "MISTRAL_API_KEY" },
  deepseek: { base_url: "https://api.deepseek.com/v1", key: "DEEPSEEK_API_KEY" },
  xai: { base_url: "https://api.x.ai/v1", key: "XAI_API_KEY" },
  cerebras: { base_url: "https://api.cerebras.ai/v1", key: "CEREBRAS_API_KEY" },
  togetherai: { base_url: "https://api.together.xyz/v1", key: "TOGETHER_API_KEY" },
  fireworks: { base_url: "https://api.fireworks.ai/inference/v1", key: "FIREWORKS_API_KEY" },
  perplexity: { base_url: "https://api.perplexity.ai", key: "PERPLEXITY_API_KEY" },
  google: { base_url: "https://generativelanguage.googleapis.com/v1beta/openai", key: "GOOGLE_API_KEY" },
  palm: { base_url: "https://generativelanguage.googleapis.com/v1beta/openai", key: "GOOGLE_API_KEY" },
  github: { base_url: "https://models.github.ai/inference", key: "GITHUB_TOKEN" },
  litellm: { base_url: "http://0.0.0.0:4000/v1", key: "LITELLM_API_KEY" },
};

function entryOf(spec: ProviderSpec, help: ProviderHelp): Entry | undefined {
  const { id, place } = spec;
  const { losses } = help;
  if (/\{\{/.test(id))
    return left(
      spec,
      losses,
      "The provider's name is a template. Write the name itself, because the fingerprint covers the name.",
    );
  const address = unusableAddress(spec);
  if (address !== undefined) return left(spec, losses, address);
  const [service = "", ...rest] = id.split(":");
  if (service === "openai") return openaiEntry(spec, rest, losses);
  if (service === "azure" || service === "azureopenai") return azureEntry(spec, rest, losses);
  if (service === "anthropic") return anthropicEntry(spec, rest, losses);
  if (service === "echo" || id === "echo") return { provider: "module", file: help.files.echo() };
  if (/^https?:\/\//.test(id) || service === "http" || service === "https") return httpEntry(spec, losses);
  if (service === "exec") return execEntry(spec, help);
  if (service === "file" || service === "python" || /\.(?:[cm]?[jt]s|py)(?::\w+)?$/.test(id))
    return fileEntry(spec, help);
  const known = Object.hasOwn(COMPATIBLE, service) ? COMPATIBLE[service] : undefined;
  if (known !== undefined) return compatibleEntry(spec, rest, known, losses);
  losses.add(
    place,
    `the provider ${id}`,
    "No provider of evals supports this model. Use a server with OpenAI's API (provider: openai, base_url), or a module of yours.",
  );
  return undefined;
}

/** Settings that say where the requests of a model go. */
const ADDRESSES = ["apiBaseUrl", "apiHost"];

/**
 * Why the address of a model cannot be used; undefined when it can, or when the config gives none. Without its address
 * the requests, with their key, would go to the provider's public one, so such a model is not imported.
 */
function unusableAddress({ config }: ProviderSpec): string | undefined {
  for (const key of ADDRESSES) {
    const value = config[key];
    if (value === undefined || value === null) continue;
    if (typeof value !== "string") return `Its ${key} is not a text.`;
    if (/\{\{|\{%/.test(value))
      return `Its ${key} is a template, and without this address the requests would go to the provider itself. Write the address in the config, then import again; it is part of the fingerprint.`;
    const url = key === "apiHost" ? `https://${value.replace(/^https?:\/\//, "")}` : value;
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      return `Its ${key} is not an address that begins with http:// or https://.`;
  }
  return undefined;
}

function left({ id, place }: ProviderSpec, losses: Losses, why: string): undefined {
  losses.add(place, `the provider ${id}`, why);
  return undefined;
}

const modelName = (rest: readonly string[]): string =>
  (KINDS.has(rest[0] ?? "") ? rest.slice(1) : rest).join(":");

function openaiEntry(spec: ProviderSpec, rest: readonly string[], losses: Losses): Entry | undefined {
  const [kind = ""] = rest;
  if (
    ["assistant", "realtime", "image", "video", "transcription", "agents", "chatkit", "codex-sdk"].includes(
      kind,
    )
  )
    return left(
      spec,
      losses,
      `promptfoo's openai:${kind} has no counterpart in evals. Only chat completions, responses, embeddings and moderations have one.`,
    );
  if (kind === "completion")
    return left(spec, losses, "The old completions API is not supported; use a chat model.");
  const model = modelName(rest) || "gpt-4.1-mini-2025-04-14";
  const api =
    kind === "responses"
      ? { api: "responses" }
      : /^embeddings?$/.test(kind)
        ? { api: "embeddings" }
        : kind === "moderation"
          ? { api: "moderations" }
          : {};
  return { provider: "openai", model, ...api, ...common(spec, losses) };
}

function compatibleEntry(
  spec: ProviderSpec,
  rest: readonly string[],
  { base_url, key }: { readonly base_url: string; readonly key?: string },
  losses: Losses,
): Entry {
  const api = /^embeddings?$/.test(rest[0] ?? "") ? { api: "embeddings" } : {};
  return {
    provider: "openai",
    model: modelName(rest) || "default",
    base_url,
    ...(key === undefined ? {} : { api_key_env: key }),
    ...api,
    ...common(spec, losses),
  };
}

function azureEntry(spec: ProviderSpec, rest: readonly string[], losses: Losses): Entry | undefined {
  const host = spec.config.apiHost;
  if (typeof host !== "string")
    return left(
      spec,
      losses,
      "The provider's apiHost is not in the config; write base_url: https://<resource>.openai.azure.com/openai/v1 yourself.",
    );
  const { base_url: _, ...more } = common(spec, losses);
  return {
    provider: "openai",
    model: modelName(rest),
    base_url: `https://${host.replace(/^https?:\/\//, "").replace(/\/.*$/, "")}/openai/v1`,
    ...more,
    headers: { ...(isObject(more.headers) ? more.headers : {}), "api-key": "${env:AZURE_API_KEY}" },
  };
}

function anthropicEntry(spec: ProviderSpec, rest: readonly string[], losses: Losses): Entry | undefined {
  if (rest[0] === "completion")
    return left(spec, losses, "The old completions API is not supported; use a messages model.");
  return { provider: "anthropic", model: modelName(rest), ...common(spec, losses) };
}

/**
 * Settings that are not sent to the model, because they are about the connection or only promptfoo uses them. All
 * other settings are sent.
 */
const NOT_SENT = new Set([
  ...[
    "apiKey",
    "apiKeyEnvar",
    "apiHost",
    "apiBaseUrl",
    "headers",
    "cost",
    "inputCost",
    "outputCost",
    "organization",
  ],
  ...[
    "passthrough",
    "functionToolCallbacks",
    "showThinking",
    "mcp",
    "maxRetries",
    "apiVersion",
    "deployment_id",
  ],
  ...["tools", "response_format", "label", "basePath", "omitDefaults"],
]);

/** promptfoo's parameter names that differ from the service's. */
const RENAMED: Readonly<Record<string, string>> = {
  maxOutputTokens: "max_tokens",
  topP: "top_p",
  num_predict: "max_tokens",
};

/** A price of one token as the price of a million, without the rounding errors of the multiplication. */
const perMillion = (price: number): number => Number((price * 1e6).toPrecision(12));

function common(spec: ProviderSpec, losses: Losses): Entry {
  const { config, place } = spec;
  const address =
    config.apiBaseUrl ?? (typeof config.apiHost === "string" ? `https://${config.apiHost}/v1` : undefined);
  const params = paramsOf(spec, losses);
  const headers = headersOf(config.headers, place, losses);
  if (config.apiKey !== undefined)
    losses.add(
      place,
      `apiKey: of ${spec.id}`,
      "A key must not be in a file: set the provider's environment variable, or name another variable with api_key_env.",
    );
  const price =
    typeof config.inputCost === "number" && typeof config.outputCost === "number"
      ? { input: perMillion(config.inputCost), output: perMillion(config.outputCost) }
      : typeof config.cost === "number"
        ? { input: perMillion(config.cost), output: perMillion(config.cost) }
        : undefined;
  return {
    ...(typeof address === "string" ? { base_url: address.replace(/\/+$/, "") } : {}),
    ...(typeof config.apiKeyEnvar === "string" ? { api_key_env: config.apiKeyEnvar } : {}),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(headers === undefined ? {} : { headers }),
    ...(price === undefined ? {} : { price }),
  };
}

/** Names that were meant for an address. As parameters they would be sent, and a service refuses them. */
const ADDRESS_LIKE = /^(?:base_?url|api_?base|endpoint)$/i;

/** Parameters that evals sets itself. */
const OWN = new Set(["model", "messages", "input", "stream", "n"]);

function paramsOf({ id, config, place }: ProviderSpec, losses: Losses): Entry {
  const params: Record<string, Json> = {};
  const given = { ...config, ...(isObject(config.passthrough) ? config.passthrough : {}) };
  for (const [key, value] of Object.entries(given)) {
    const isFile = typeof value === "string" && value.startsWith("file://");
    if (key === "tools" || key === "response_format") {
      if (!isFile) params[key] = value;
      else
        losses.add(
          place,
          `${key}: ${value} of ${id}`,
          "Only files .json, .yaml and .yml that are there are read. Write the content under params: of the model.",
        );
    } else if (NOT_SENT.has(key)) {
      if (["functionToolCallbacks", "mcp", "organization"].includes(key))
        losses.add(place, `${key}: of ${id}`, "This setting has no counterpart in evalconfig.yaml.");
    } else if (OWN.has(key)) losses.add(place, `${key}: of ${id}`, "evals sets this parameter itself.");
    else if (ADDRESS_LIKE.test(key))
      losses.add(
        place,
        `${key}: of ${id}`,
        "promptfoo reads the address of a model from apiBaseUrl alone, so this setting changed nothing there.",
      );
    else if (isFile || (typeof value === "string" && /\{\{/.test(value)))
      losses.add(
        place,
        `${key}: ${value} of ${id}`,
        "Parameters are sent unchanged, so templates and files are not supported in them.",
      );
    else params[RENAMED[key] ?? key] = value;
  }
  return params;
}
