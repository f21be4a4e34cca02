import type { OpenTarget, ProviderHost, Question, Reply } from "../../domain/provider.ts";
import { providers } from "../registry.ts";
import { ask, questionOf } from "./fake-host.ts";

/** Providers that send no requests to a server. */
export const WITHOUT_NETWORK: readonly string[] = ["command", "module", "replay", "outputs"];

/** Every API of every other provider, with a question for it. */
export const NETWORK_TARGETS: readonly {
  readonly name: string;
  readonly provider: string;
  readonly settings: (origin: string) => object;
  readonly question: Question;
}[] = [
  ...(["chat", "responses", "embeddings", "moderations"] as const).map((api) => ({
    name: `openai (${api})`,
    provider: "openai",
    settings: (origin: string) => ({ model: "m-1", api, base_url: `${origin}/v1` }),
    question:
      api === "chat" || api === "responses"
        ? questionOf({ messages: [{ role: "user", content: "hello" }] })
        : questionOf({ input: "hello" }),
  })),
  {
    name: "anthropic",
    provider: "anthropic",
    settings: (origin) => ({ model: "m-1", base_url: origin }),
    question: questionOf({ messages: [{ role: "user", content: "hello" }] }),
  },
  {
    name: "http",
    provider: "http",
    settings: (origin) => ({ url: `${origin}/ask` }),
    question: questionOf(),
  },
];

/** Opens one of the network targets for a server. */
export async function openNetworkTarget(
  { provider, settings }: (typeof NETWORK_TARGETS)[number],
  origin: string,
  host: ProviderHost,
): Promise<OpenTarget> {
  const definition = await providers.load(provider);
  if (definition === undefined) throw new Error(`no provider ${provider}`);
  return definition.open(definition.settings.parse({ provider, ...settings(origin) }), host);
}

/** Opens one of the network targets, asks it once and closes it. */
export async function askNetworkTarget(
  subject: (typeof NETWORK_TARGETS)[number],
  origin: string,
  host: ProviderHost,
): Promise<Reply> {
  const target = await openNetworkTarget(subject, origin, host);
  try {
    return await ask(target, subject.question);
  } finally {
    await target.client.close();
  }
}
