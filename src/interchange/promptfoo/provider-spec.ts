import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import type { Reading } from "./config-test.ts";
import type { Losses } from "./losses.ts";
import type { ProjectFiles } from "./project-files.ts";

/** Settings of a model, a scorer or a check. */
export type Entry = { readonly [key: string]: Json };

/** What a provider is made of. */
export interface ProviderSpec {
  readonly id: string;
  readonly label?: string | undefined;
  readonly config: { readonly [key: string]: Json };
  /** Code that changes each of its answers. */
  readonly transform?: string | undefined;
  /** Names of the only prompts that it is asked with. */
  readonly prompts?: Json | undefined;
  readonly place: SourcePlace;
}

export interface ProviderHelp {
  readonly losses: Losses;
  readonly files: ProjectFiles;
  readonly reading: Reading;
}
