import { hashJson, type Json } from "../../domain/json.ts";
import type { Imported, SourcePlace } from "../imported.ts";
import { isObject } from "./config-source.ts";
import { EMBEDDINGS, MODERATION } from "./plan-plain.ts";
import type { ProviderHelp, ProviderSpec } from "./provider-spec.ts";
import { type Target, targetOf } from "./providers.ts";
import { UniqueNames } from "./slug.ts";

/** promptfoo's default grading model, pinned to a date. */
const GRADER: Target = { alias: "grader", entry: { provider: "openai", model: "gpt-4.1-2025-04-14" } };
const SEMANTIC: Readonly<Record<string, Target>> = {
  [EMBEDDINGS]: {
    alias: EMBEDDINGS,
    entry: { provider: "openai", model: "text-embedding-3-large", api: "embeddings" },
  },
  [MODERATION]: {
    alias: MODERATION,
    entry: { provider: "openai", model: "omni-moderation-2024-09-26", api: "moderations" },
  },
};

/** The entries of evalconfig.yaml for imported suites and judges; equal entries share one alias. */
export class Models {
  readonly #names = new UniqueNames();
  readonly #all = new Map<string, Target>();
  readonly #bySpec = new Map<string, string | undefined>();

  /** The alias of a provider; undefined when the provider is not imported. */
  provider(spec: ProviderSpec, help: ProviderHelp): string | undefined {
    const key = JSON.stringify([spec.id, spec.label, spec.config]);
    if (!this.#bySpec.has(key)) {
      const known = new UniqueNames();
      const target = targetOf(spec, known, help);
      this.#bySpec.set(key, target === undefined ? undefined : this.#add(target));
    }
    return this.#bySpec.get(key);
  }

  /** The alias of a provider named by a test; undefined when the provider is not imported. */
  own(named: Json, place: SourcePlace, help: ProviderHelp): string | undefined {
    return this.#named(named, place, help);
  }

  /** The alias of a grading model: the named one, else promptfoo's default. */
  grader(named: Json | undefined, place: SourcePlace, help: ProviderHelp): string {
    return (
      this.#named(isObject(named) && named.text !== undefined ? named.text : named, place, help) ??
      this.#add(GRADER)
    );
  }

  /** The alias of a model for embeddings or moderation: the named one if it is of that kind, else promptfoo's default. */
  semantic(kind: string, named: Json | undefined, place: SourcePlace, help: ProviderHelp): string {
    const part = kind === MODERATION ? "moderation" : "embedding";
    const own = isObject(named) && named[part] !== undefined ? named[part] : named;
    const id = isObject(own) ? own.id : own;
    // A grader of texts is no model of this kind, and must not become a model of the project for it.
    if (typeof id === "string" && id.includes(`:${part}`)) {
      const alias = this.#named(own, place, help);
      if (alias !== undefined && this.#all.get(alias)?.entry.api === SEMANTIC[kind]?.entry.api) return alias;
    }
    const target = SEMANTIC[kind] ?? GRADER;
    return this.#add({ ...target, entry: target.entry });
  }

  #named(named: Json | undefined, place: SourcePlace, help: ProviderHelp): string | undefined {
    const id =
      typeof named === "string"
        ? named
        : isObject(named) && typeof named.id === "string"
          ? named.id
          : undefined;
    if (id === undefined) return undefined;
    const config = isObject(named) && isObject(named.config) ? named.config : {};
    return this.provider({ id, config, place }, help);
  }

  #add({ alias, entry }: Target): string {
    const hash = hashJson(entry);
    for (const known of this.#all.values()) if (hashJson(known.entry) === hash) return known.alias;
    const name = this.#names.take(alias);
    this.#all.set(name, { alias: name, entry });
    return name;
  }

  echo(file: string): string {
    return this.#add({ alias: "echo", entry: { provider: "module", file } });
  }

  entries(): Imported["models"] {
    return Object.fromEntries(Array.from(this.#all, ([alias, { entry }]) => [alias, entry]));
  }
}
