import type { Json } from "../domain/json.ts";
import type { ListedModel } from "../domain/provider.ts";

/** Who bills for the calls that go to a host. Any other address sets prices of its own, whatever its models are called. */
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

/** Parameters that change what a token costs, and the values that leave it as it is. */
const OTHER_RATES: Readonly<Record<string, readonly Json[]>> = {
  service_tier: ["default", "standard", "standard_only"],
  inference_geo: ["global"],
  speed: ["standard"],
};

/** Whether a call costs its tokens at the usual rate and nothing else. */
function isPlain(params: Readonly<Record<string, Json>>): boolean {
  const { tools, web_search_options, modalities } = params;
  if (web_search_options !== undefined || modalities !== undefined) return false;
  // A provider's own tools (a search, a sandbox) are billed by the call.
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

/** The model's entry in its provider's public list, known by the address that is asked; undefined for any other server. */
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
