import type { Importer } from "../../interchange/imported.ts";

/** A tool or a format whose files can be imported. Its importer is in `interchange/`. */
export interface ImporterEntry {
  /** The argument of `evals import`. */
  readonly name: string;
  /** One sentence for the help. */
  readonly about: string;
  /** The command-line arguments, in the syntax of the package commander: `<config...>`. */
  readonly sources: string;
  readonly sourcesAbout: string;
  /** Options of this import only, in commander's syntax. A `repeated` option collects its values in a list. */
  readonly options?: readonly {
    readonly flags: string;
    readonly about: string;
    readonly repeated?: boolean;
  }[];
  readonly examples: readonly string[];
  /** Loads the importer. */
  readonly load: () => Promise<Importer>;
}

const FILES = { sources: "<file...>", sourcesAbout: "files exported by that tool" } as const;
const MAP = {
  flags: "--map <target=column>",
  about: "which column fills which field: id=Nr,input.question=Frage,expected.answer=…; may be repeated",
  repeated: true,
} as const;

/** All tools in the order of the help. */
export const IMPORTERS: readonly ImporterEntry[] = [
  {
    name: "promptfoo",
    about: "promptfoo's configs: prompts, providers, tests and assertions",
    sources: "<config...>",
    sourcesAbout: "promptfooconfig.yaml, or another file of that kind",
    examples: [
      "evals import promptfoo promptfooconfig.yaml",
      "evals import promptfoo promptfooconfig.yaml --dry-run",
    ],
    load: async () => (await import("../../interchange/import-promptfoo.ts")).importPromptfoo,
  },
  {
    name: "openai-evals",
    about:
      "OpenAI's evals: registry files with their samples, or saved objects of the hosted API and its prompts",
    sources: "<file...>",
    sourcesAbout: "YAML of registry/evals, or JSON of evals, runs, output items and prompts",
    options: [{ flags: "--model <id>", about: "the model to ask, if the files name none" }],
    examples: [
      "evals import openai-evals registry/evals/capitals.yaml",
      "evals import openai-evals eval.json run.json output_items.json",
    ],
    load: async () => (await import("../../interchange/import-openai-evals.ts")).importOpenaiEvals,
  },
  {
    name: "csv",
    about: "a table with any separator becomes a dataset",
    ...FILES,
    options: [
      MAP,
      {
        flags: "--separator <sign>",
        about: "separator between the cells; default: recognized from the first line",
      },
    ],
    examples: [
      "evals import csv purchases.csv",
      'evals import csv faq.csv --map "input.q=Question,expected=Answer"',
    ],
    load: async () => (await import("../../interchange/import-csv.ts")).importCsv,
  },
  {
    name: "parquet",
    about: "a Parquet file, such as a data set of Hugging Face, becomes a dataset",
    ...FILES,
    options: [MAP],
    examples: [
      "evals import parquet train-00000-of-00001.parquet --name squad",
      "evals import parquet squad.parquet --map expected=answers",
    ],
    load: async () => (await import("../../interchange/import-parquet.ts")).importParquet,
  },
  {
    name: "inspect",
    about: "a log of Inspect (.eval or .json): samples, recorded answers, rule-based scorers",
    sources: "<log>",
    sourcesAbout: "one file of logs/",
    examples: ["evals import inspect logs/2026-03-02T10-00-00_shopping.eval"],
    load: async () => (await import("../../interchange/import-inspect.ts")).importInspect,
  },
  {
    name: "braintrust",
    about: "a dataset of Braintrust, exported as JSON or JSON Lines",
    ...FILES,
    examples: ["evals import braintrust purchases.json"],
    load: async () => (await import("../../interchange/import-braintrust.ts")).importBraintrust,
  },
  {
    name: "langsmith",
    about: "a dataset of LangSmith, exported as JSON or JSON Lines",
    ...FILES,
    examples: ["evals import langsmith purchases.json"],
    load: async () => (await import("../../interchange/import-langsmith.ts")).importLangsmith,
  },
  {
    name: "langfuse",
    about: "a dataset of Langfuse: an exported file, or by name from a server",
    sources: "<file|dataset...>",
    sourcesAbout: "exported files; with --url the name of a dataset",
    options: [
      {
        flags: "--url <address>",
        about: "fetch from this server; keys from LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY",
      },
    ],
    examples: [
      "evals import langfuse purchases.json",
      "evals import langfuse purchases --url https://cloud.langfuse.com",
    ],
    load: async () => (await import("../../interchange/import-langfuse.ts")).importLangfuse,
  },
  {
    name: "phoenix",
    about: "a dataset of Phoenix, exported as CSV, JSON Lines or JSON",
    ...FILES,
    examples: ["evals import phoenix purchases.csv"],
    load: async () => (await import("../../interchange/import-phoenix.ts")).importPhoenix,
  },
  {
    name: "helicone",
    about: "requests that Helicone logged, with their answers",
    ...FILES,
    examples: ["evals import helicone requests.jsonl"],
    load: async () => (await import("../../interchange/import-helicone.ts")).importHelicone,
  },
  {
    name: "tau-bench",
    about: "results of τ-bench: tasks, trajectories and their rewards",
    ...FILES,
    examples: ["evals import tau-bench results/gpt-4o-airline.json"],
    load: async () => (await import("../../interchange/import-tau-bench.ts")).importTauBench,
  },
];
