import type { Registry } from "../domain/project.ts";
import type { ProviderDefinition } from "../domain/provider.ts";

/** The loader of each provider, by kind. A provider's module is loaded when a config uses its kind. */
const LOADERS: Readonly<Record<string, () => Promise<ProviderDefinition>>> = {
  openai: async () => (await import("./openai-provider.ts")).openaiProvider,
  anthropic: async () => (await import("./anthropic-provider.ts")).anthropicProvider,
  http: async () => (await import("./http-provider.ts")).httpProvider,
  command: async () => (await import("./command-provider.ts")).commandProvider,
  module: async () => (await import("./module-provider.ts")).moduleProvider,
  replay: async () => (await import("./replay-provider.ts")).replayProvider,
  outputs: async () => (await import("./outputs-provider.ts")).outputsProvider,
};

/** The providers by the value of `provider:`. */
export const providers: Registry<ProviderDefinition> = {
  names: Object.keys(LOADERS),
  load: async (name) => (Object.hasOwn(LOADERS, name) ? LOADERS[name]?.() : undefined),
};
