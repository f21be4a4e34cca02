import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import type { Reading } from "./config-test.ts";
import type { Losses } from "./losses.ts";
import type { ProjectFiles } from "./project-files.ts";

/** Settings of a model, scorer or check. */
export type Entry = { readonly [key: string]: Json };

/** The parsed definition of a provider. */
export interface ProviderSpec {
  readonly id: string;
  readonly label?: string | undefined;
  readonly config: { readonly [key: string]: Json };
  /** Code that transforms each answer of the provider. */
  readonly transform?: string | undefined;
  /** Names of the prompts that the provider is limited to. */
  readonly prompts?: Json | undefined;
  readonly place: SourcePlace;
}

export interface ProviderHelp {
  readonly losses: Losses;
  readonly files: ProjectFiles;
  readonly reading: Reading;
}
