import type { Json } from "../domain/json.ts";
import type { ListedModel } from "../domain/provider.ts";

/** Maps a host to the service that bills for it. Other hosts set their own prices, even for models with a known name. */
const SERVICES: Readonly<Record<string, string>> = {
  "api.openai.com": "openai",
  "api.anthropic.com": "anthropic",
  "generativelanguage.googleapis.com": "gemini",
  "api.deepseek.com": "deepseek",
  "api.mistral.ai": "mistral",
  "api.x.ai": "xai",
  "api.groq.com": "groq",
  "api.cerebras.ai": "cerebras",
};

/** Parameters that can change the price of a token, each with the values that leave the price as it is. */
const OTHER_RATES: Readonly<Record<string, readonly Json[]>> = {
  service_tier: ["default", "standard", "standard_only"],
  inference_geo: ["global"],
  speed: ["standard"],
};

/** Whether a call is billed at the standard token price with no extra charges. */
function isPlain(params: Readonly<Record<string, Json>>): boolean {
  const { tools, web_search_options, modalities } = params;
  if (web_search_options !== undefined || modalities !== undefined) return false;
  // Tools that the provider runs itself (search, sandbox) are billed per call.
  const ownTools = (tools ?? []) as readonly Json[];
  if (!Array.isArray(tools ?? []) || !ownTools.every(isFunction)) return false;
  return Object.entries(OTHER_RATES).every(
    ([name, usual]) => params[name] === undefined || usual.includes(params[name] as Json),
  );
}

function isFunction(tool: Json): boolean {
  const { type } = (tool ?? {}) as { readonly type?: Json };
  return type === undefined || type === "function" || type === "custom";
}

/** Finds the model in its provider's public price list, by the host that is called; undefined for any other server. */
export function listedModel({
  model,
  params,
  base_url,
}: {
  readonly model: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly base_url: string;
}): ListedModel | undefined {
  const { host } = new URL(base_url);
  const service = Object.hasOwn(SERVICES, host) ? SERVICES[host] : undefined;
  return service === undefined ? undefined : { service, model, plain: isPlain(params) };
}
