// Makes src/providers/published-prices.ts, the prices and shutdown dates that providers publish, from the table
// in the Python package litellm.
//
//   pip download litellm --no-deps -d /tmp/litellm && unzip -d /tmp/litellm /tmp/litellm/*.whl
//   node scripts/price-table.mjs /tmp/litellm/litellm/model_prices_and_context_window_backup.json 2026-11
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const [source, date] = process.argv.slice(2);
if (source === undefined || !/^\d{4}-\d{2}$/.test(date ?? "")) {
  console.error(
    "usage: node scripts/price-table.mjs <model_prices_and_context_window_backup.json> <YYYY-MM>",
  );
  process.exit(2);
}

/** Services that evals recognizes by their host, which is in src/providers/billing-service.ts. */
const SERVICES = ["openai", "anthropic", "gemini", "deepseek", "mistral", "xai", "groq", "cerebras"];
/** Kinds of models that are priced only by tokens of text. */
const MODES = ["chat", "responses", "completion", "embedding", "moderation"];
/** Matches models that are not priced only by tokens: for sound, pictures, or with tools of the provider. */
const OTHER = /audio|realtime|image|tts|transcribe|whisper|search|computer-use|deep-research|^ft:/;

const perMillion = (cost) => (cost === undefined ? null : Number((cost * 1e6).toPrecision(9)));

/** Whether a model has one price. A price that depends on the length of the input is left out. */
const isFlat = (facts) => !Object.keys(facts).some((key) => /_above_\d+k_tokens$/.test(key));

const table = Object.fromEntries(SERVICES.map((service) => [service, {}]));
for (const [key, facts] of Object.entries(JSON.parse(await readFile(source, "utf8")))) {
  const service = facts.litellm_provider;
  if (!SERVICES.includes(service) || !MODES.includes(facts.mode)) continue;
  const model = key.startsWith(`${service}/`) ? key.slice(service.length + 1) : key;
  if (model.includes("/") || OTHER.test(model)) continue;
  const { input_cost_per_token: input, output_cost_per_token: output } = facts;
  const priced = input !== undefined && (output !== undefined || facts.mode === "embedding") && isFlat(facts);
  const retires = /^\d{4}-\d{2}-\d{2}$/.test(facts.deprecation_date ?? "") ? facts.deprecation_date : null;
  if (!priced && retires === null) continue;
  table[service][model] = [
    ...(priced
      ? [
          perMillion(input),
          perMillion(output ?? 0),
          perMillion(facts.cache_read_input_token_cost),
          perMillion(facts.cache_creation_input_token_cost || undefined),
        ]
      : [null, null, null, null]),
    retires,
  ];
}

const lines = Object.entries(table).flatMap(([service, models]) => [
  `  ${JSON.stringify(service)}: {`,
  ...Object.entries(models)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, row]) => `    ${JSON.stringify(model)}: ${JSON.stringify(row)},`),
  "  },",
]);
const path = fileURLToPath(new URL("../src/providers/published-prices.ts", import.meta.url));
await writeFile(
  path,
  `// Made by scripts/price-table.mjs; change that, not this.

/** The month in which the prices were read. */
export const PRICES_OF = ${JSON.stringify(date)};

/**
 * By service and model: US dollars per million tokens of input, output, input that the provider's cache held and input that was
 * written into it, and the day on which the model is shut down; null for what is not published or not flat.
 */
export type PublishedRow = readonly [
  input: number | null,
  output: number | null,
  cached_input: number | null,
  cache_write: number | null,
  retires: string | null,
];

export const PUBLISHED: Readonly<Record<string, Readonly<Record<string, PublishedRow>>>> = {
${lines.join("\n")}
};
`,
);
spawnSync("npx", ["biome", "format", "--write", path], { stdio: "inherit" });
