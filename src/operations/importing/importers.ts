import type { Importer } from "../../interchange/imported.ts";

/** A tool whose files can be brought over: one entry here, one folder in `interchange/`. */
export interface ImporterEntry {
  /** The word after `evals import`. */
  readonly name: string;
  /** One sentence for the help. */
  readonly about: string;
  /** What is named on the command line, as commander writes it: `<config...>`. */
  readonly sources: string;
  readonly sourcesAbout: string;
  /** Options beside those of every import, as commander reads them; a repeated one gathers its values in a list. */
  readonly options?: readonly {
    readonly flags: string;
    readonly about: string;
    readonly repeated?: boolean;
  }[];
  readonly examples: readonly string[];
  /** Loads the importer when it is called. */
  readonly load: () => Promise<Importer>;
}

/** Every tool, in the order of the help. */
export const IMPORTERS: readonly ImporterEntry[] = [];
