import * as z from "zod";
import type { Json } from "../domain/json.ts";
import type { OpenTarget, ProviderDefinition, ProviderHost } from "../domain/provider.ts";
import { anthropicMessages, DEFAULT_MAX_TOKENS } from "./anthropic-messages.ts";
import { listedModel } from "./billing-service.ts";
import { chatClient, NO_SDK_TIMEOUT_MS, refusing } from "./chat-client.ts";
import { chatSettings, floatingModel, maxOutput, type Params } from "./chat-settings.ts";
import { environmentIdentity, environmentNames, fillEnvironment } from "./environment-values.ts";
import { openConnectionPools } from "./pooled-fetch.ts";
import { type ApiAddress, apiAddress, withoutVariables, withQuery } from "./sdk-address.ts";
import { isCredentialHeader, refuseWrittenSecrets } from "./written-secret.ts";

const Settings = z.strictObject(chatSettings);
type Settings = z.output<typeof Settings>;

const PUBLIC_API = "https://api.anthropic.com";
const PATH = "/v1/messages";
const API_VERSION = "2023-06-01";

/**
 * The version `/v1` is part of the endpoint path here. Users often append it to `base_url`, as they do for
 * OpenAI, so an address is accepted with and without it.
 */
function addressOf({ base_url = PUBLIC_API }: Settings, path: string): ApiAddress {
  return apiAddress(base_url.replace(/\/v1\/?(?=$|\?)/, ""), path);
}

function identityOf(settings: Settings, env: ProviderHost["env"]): Json {
  const headers = Object.entries(settings.headers).filter(([name]) => !isCredentialHeader(name));
  return {
    provider: "anthropic",
    base_url: settings.base_url ?? PUBLIC_API,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...environmentIdentity(settings.headers, env, "headers"),
    ...(settings.version !== undefined && { version: settings.version }),
    ...(settings.context !== undefined && { context: settings.context as Json }),
  };
}

/** The environment variable that holds the key; undefined for a server at `base_url` without `api_key_env`. */
function keyVariable(settings: Settings): string | undefined {
  return settings.api_key_env ?? (settings.base_url === undefined ? "ANTHROPIC_API_KEY" : undefined);
}

async function openAnthropic(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  refuseWrittenSecrets(settings);
  const variable = keyVariable(settings);
  const key = variable === undefined ? "none" : host.env[variable];
  const headers = fillEnvironment(settings.headers, host.env);
  const unset = [
    ...(variable !== undefined && !key ? [variable] : []),
    ...(headers.kind === "unset" ? headers.names : []),
  ];

  const address = addressOf(settings, PATH);
  const pools = await openConnectionPools(host.concurrency, host.env, new URL(address.base));
  const { Anthropic } = await import("@anthropic-ai/sdk");
  const options = {
    // Always set: without a key the SDK looks for credentials on the disk.
    apiKey: key || "none",
    baseURL: address.base,
    maxRetries: 0,
    timeout: NO_SDK_TIMEOUT_MS,
    logLevel: "off",
    defaultHeaders: headers.kind === "filled" ? headers.values : {},
    fetch: refusing(withQuery(pools.fetch, address.query)),
  } as const;
  const sdk = withoutVariables("ANTHROPIC_", () => new Anthropic(options));
  const secrets = [
    variable === undefined ? undefined : key,
    ...(headers.kind === "filled" ? headers.secrets : []),
  ];
  const words = anthropicMessages(settings.model, settings.params as Params);
  const batch: OpenTarget["batch"] = async (batchHost) => {
    const { anthropicBatches } = await import("./anthropic-batches.ts");
    const way = {
      base: address.base.replace(/\/$/, ""),
      query: address.query,
      host: address.host,
      headers: {
        "anthropic-version": API_VERSION,
        ...(variable === undefined ? {} : { "x-api-key": options.apiKey }),
        ...options.defaultHeaders,
      },
      ...{ secrets, unset, env: host.env },
    };
    return anthropicBatches(
      way,
      { reply: words.reply, address: address.endpoint, root: host.root },
      batchHost,
    );
  };
  return {
    batch,
    client: chatClient(words, {
      // Not `messages.create`, which prints warnings about old models to the console.
      post: (body, signal) => sdk.post(PATH, { body, signal }).asResponse(),
      root: host.root,
      where: address.host,
      address: address.endpoint,
      secrets,
      unset,
      close: pools.close,
    }),
    identity: identityOf(settings, host.env),
    label: settings.model,
    files: [],
    cacheable: true,
    price: settings.price ?? null,
    most_output: maxOutput(settings.params as Params, ["max_tokens"]) ?? DEFAULT_MAX_TOKENS,
  };
}

export const anthropicProvider: ProviderDefinition<Settings> = {
  kind: "anthropic",
  about: "Anthropic's messages API",
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
  params: async () => (await import("./known-params.ts")).ANTHROPIC_PARAMS,
  modelList: (settings, env) => {
    const variable = keyVariable(settings);
    const key = variable === undefined ? undefined : env[variable];
    const headers = fillEnvironment(settings.headers, env);
    if (headers.kind === "unset" || (variable !== undefined && !key)) return undefined;
    const { base } = addressOf(settings, "/v1/models");
    return {
      model: settings.model,
      url: `${base.replace(/\/$/, "")}/v1/models?limit=1000`,
      headers: {
        "anthropic-version": API_VERSION,
        ...(key ? { "x-api-key": key } : {}),
        ...headers.values,
      },
      secrets: [key, ...headers.secrets],
    };
  },
  listed: ({ model, params, base_url = PUBLIC_API }) =>
    listedModel({ model, params: params as Params, base_url }),
  open: openAnthropic,
};
