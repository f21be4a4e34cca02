import * as z from "zod";
import type { Json } from "../domain/json.ts";
import type { OpenTarget, ProviderDefinition, ProviderHost } from "../domain/provider.ts";
import { listedModel } from "./billing-service.ts";
import { type ChatWording, chatClient, NO_SDK_TIMEOUT_MS, refusing } from "./chat-client.ts";
import { chatSettings, floatingModel, maxOutput, type Params } from "./chat-settings.ts";
import { environmentIdentity, environmentNames, fillEnvironment } from "./environment-values.ts";
import { chatCompletions } from "./openai-chat.ts";
import { responsesApi } from "./openai-responses.ts";
import { embeddingsApi, moderationsApi } from "./openai-texts.ts";
import { openConnectionPools } from "./pooled-fetch.ts";
import { apiAddress, withoutVariables, withQuery } from "./sdk-address.ts";
import { isCredentialHeader, refuseWrittenSecrets } from "./written-secret.ts";

const Settings = z.strictObject({
  ...chatSettings,
  api: z
    .enum(["chat", "responses", "embeddings", "moderations"])
    .default("chat")
    .describe(
      "chat: chat completions; responses: the responses API; embeddings, moderations: for the scorers embedding-similarity and moderation",
    ),
  organization: z.string().optional(),
  project: z.string().optional(),
});
type Settings = z.output<typeof Settings>;

const PUBLIC_API = "https://api.openai.com/v1";
/** Says that the body is JSON text, so that the SDK loads no code for other types of bodies. */
const JSON_BODY = { "content-type": "application/json" };
/** Self-hosted servers usually need no key, but the SDK requires a value. */
const NO_KEY = "none";

/** The environment variable that holds the key; undefined for a server at `base_url` without `api_key_env`. */
function keyVariable(settings: Settings): string | undefined {
  return settings.api_key_env ?? (settings.base_url === undefined ? "OPENAI_API_KEY" : undefined);
}

function identityOf(settings: Settings, env: ProviderHost["env"]): Json {
  const headers = Object.entries(settings.headers).filter(([name]) => !isCredentialHeader(name));
  return {
    provider: "openai",
    api: settings.api,
    base_url: settings.base_url ?? PUBLIC_API,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...environmentIdentity(settings.headers, env, "headers"),
    ...(settings.version !== undefined && { version: settings.version }),
    ...(settings.context !== undefined && { context: settings.context as Json }),
  };
}

type Api = {
  readonly path: string;
  readonly wording: (model: string, params: Params) => ChatWording;
  /**
   * Parameters that limit the output tokens; `"nothing is written"` for APIs without output tokens, which are not
   * used in batches either.
   */
  readonly bounds: readonly string[] | "nothing is written";
};

const APIS: Readonly<Record<Settings["api"], Api>> = {
  chat: {
    path: "/chat/completions",
    wording: chatCompletions,
    bounds: ["max_completion_tokens", "max_tokens"],
  },
  responses: { path: "/responses", wording: responsesApi, bounds: ["max_output_tokens"] },
  embeddings: { path: "/embeddings", wording: embeddingsApi, bounds: "nothing is written" },
  moderations: { path: "/moderations", wording: moderationsApi, bounds: "nothing is written" },
};

async function openOpenai(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  refuseWrittenSecrets(settings);
  const variable = keyVariable(settings);
  const key = variable === undefined ? NO_KEY : host.env[variable];
  const headers = fillEnvironment(settings.headers, host.env);
  const unset = [
    ...(variable !== undefined && !key ? [variable] : []),
    ...(headers.kind === "unset" ? headers.names : []),
  ];

  const params = settings.params as Params;
  const { wording, path, bounds } = APIS[settings.api];
  const address = apiAddress(settings.base_url ?? PUBLIC_API, path);
  const pools = await openConnectionPools(host.concurrency, host.env, new URL(address.base));
  const { OpenAI } = await import("./openai-sdk.ts");
  const options = {
    apiKey: key || NO_KEY,
    baseURL: address.base,
    organization: settings.organization ?? null,
    project: settings.project ?? null,
    maxRetries: 0,
    timeout: NO_SDK_TIMEOUT_MS,
    logLevel: "off",
    defaultHeaders: headers.kind === "filled" ? headers.values : {},
    fetch: refusing(withQuery(pools.fetch, address.query)),
  } as const;
  const sdk = withoutVariables("OPENAI_", () => new OpenAI(options));
  const secrets = [
    variable === undefined ? undefined : key,
    ...(headers.kind === "filled" ? headers.secrets : []),
  ];
  const words = wording(settings.model, params);
  const client = chatClient(words, {
    // The response is returned unread: our own code reads its text, and accepts a wrong content type.
    post: (request, signal) => {
      const body = JSON.stringify(request);
      return sdk.post(path, { body, headers: JSON_BODY, signal }).asResponse();
    },
    root: host.root,
    where: address.host,
    address: address.endpoint,
    secrets,
    unset,
    close: pools.close,
  });
  const batch: OpenTarget["batch"] = async (batchHost) => {
    const { openaiBatches } = await import("./openai-batches.ts");
    const way = {
      base: address.base.replace(/\/$/, ""),
      query: address.query,
      host: address.host,
      headers: {
        authorization: `Bearer ${options.apiKey}`,
        ...(options.organization === null ? {} : { "openai-organization": options.organization }),
        ...(options.project === null ? {} : { "openai-project": options.project }),
        ...options.defaultHeaders,
      },
      ...{ secrets, unset, env: host.env },
    };
    const parts = { reply: words.reply, address: address.endpoint, root: host.root, endpoint: `/v1${path}` };
    return openaiBatches(way, parts, batchHost);
  };
  return {
    client,
    ...(bounds === "nothing is written" ? {} : { batch }),
    identity: identityOf(settings, host.env),
    label: settings.model,
    files: [],
    cacheable: true,
    price: settings.price ?? null,
    most_output: bounds === "nothing is written" ? 0 : maxOutput(params, bounds),
  };
}

export const openaiProvider: ProviderDefinition<Settings> = {
  kind: "openai",
  about: "OpenAI, or any server that speaks its API: vLLM, LiteLLM, llama.cpp, Ollama",
  settings: Settings,
  prompt: "required",
  keys: (settings) => {
    const variable = keyVariable(settings);
    return [
      ...(variable === undefined ? [] : [variable]),
      ...environmentNames(Object.values(settings.headers)),
    ];
  },
  keysInHeaders: true,
  floating: floatingModel,
  params: async ({ api }) => (await import("./known-params.ts")).OPENAI_PARAMS[api],
  modelList: (settings, env) => {
    const variable = keyVariable(settings);
    const key = variable === undefined ? undefined : env[variable];
    const headers = fillEnvironment(settings.headers, env);
    if (headers.kind === "unset" || (variable !== undefined && !key)) return undefined;
    const { base, query } = apiAddress(settings.base_url ?? PUBLIC_API, "/models");
    return {
      model: settings.model,
      url: `${base.replace(/\/$/, "")}/models${query}`,
      headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers.values },
      secrets: [key, ...headers.secrets],
    };
  },
  listed: ({ model, params, base_url = PUBLIC_API }) =>
    listedModel({ model, params: params as Params, base_url }),
  open: openOpenai,
};
