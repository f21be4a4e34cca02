import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Registry } from "../domain/project.ts";
import { providers } from "../providers/registry.ts";
import { JUDGE_KINDS } from "../scorers/judge/kinds/registry.ts";
import { scorers } from "../scorers/registry.ts";
import { configurationReference } from "./configuration-reference.ts";
import { type JsonSchema, jsonSchemas } from "./json-schemas.ts";
import { parseYaml } from "./parse-yaml.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function allOf<D>(registry: Registry<D>): Promise<D[]> {
  const loaded = await Promise.all(registry.names.map((name) => registry.load(name)));
  return loaded.filter((definition) => definition !== undefined);
}

const schemas = jsonSchemas(await allOf(providers), await allOf(scorers), JUDGE_KINDS);

/** The committed text of a generated file; rewritten first when goldens are being updated. */
function pinned(path: string, made: string): string {
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(`${ROOT}${path}`, made);
  return readFileSync(`${ROOT}${path}`, "utf8");
}

describe("the JSON Schemas", () => {
  it.each(Object.keys(schemas))("in schemas/%s match the code", (name) => {
    const made = `${JSON.stringify(schemas[name], null, 2)}\n`;
    expect(pinned(`schemas/${name}`, made)).toBe(made);
  });

  it("accept a good repository and refuse a misspelt key", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const good = (path: string) =>
      parseYaml(readFileSync(`${ROOT}fixtures/mistakes/_good/${path}`, "utf8"), path).value;
    const config = ajv.compile(schemas["evalconfig.schema.json"] as JsonSchema);
    const suite = ajv.compile(schemas["suite.schema.json"] as JsonSchema);
    expect(config(good("evalconfig.yaml"))).toBe(true);
    expect(suite(good("evals/support.yaml"))).toBe(true);
    expect(suite({ ...(good("evals/support.yaml") as object), trails: 4 })).toBe(false);
    expect(suite({ ...(good("evals/support.yaml") as object), scorers: [{ type: "equls" }] })).toBe(false);
    const judge = ajv.compile(schemas["judge.schema.json"] as JsonSchema);
    expect(judge({ kind: "binary", model: "critic" })).toBe(true);
    expect(judge({ kind: "binry", model: "critic" })).toBe(false);
  });
});

describe("docs/configuration.md", () => {
  it("lists every key that the code reads", () => {
    const schema = (name: string) => schemas[name] as JsonSchema;
    const made = configurationReference([
      {
        title: "evalconfig.yaml",
        intro: "Marks the root of a project. `models` maps an alias of your own to a way to ask.",
        schema: schema("evalconfig.schema.json"),
        elsewhere: {
          models: "An alias and its settings; [providers.md](providers.md) has those of each provider",
        },
      },
      {
        title: "evals/&lt;suite&gt;.yaml",
        intro: "What to run: one dataset, one target, scorers and a gate. The suite's name is the file's.",
        schema: schema("suite.schema.json"),
        elsewhere: { scorers: "[scorers.md](scorers.md) has the settings of each type" },
      },
      {
        title: "A case",
        intro: CASES,
        schema: schema("case.schema.json"),
      },
      {
        title: "The front matter of a prompt",
        intro:
          "Between the `---` lines of `prompts/<name>/<version>.md`; [prompts.md](prompts.md) tells the rest.",
        schema: schema("prompt.schema.json"),
      },
      {
        title: "The front matter of a judge",
        intro:
          "Between the `---` lines of `judges/<name>/<version>.md`; [judges.md](judges.md) tells the rest.",
        schema: schema("judge.schema.json"),
      },
      {
        title: "Outputs made elsewhere",
        intro: "A line of the file that a model with `provider: outputs` names.",
        schema: schema("output.schema.json"),
      },
    ]);
    expect(pinned("docs/configuration.md", made)).toBe(made);
  });
});

const CASES = `One line of \`datasets/<name>.jsonl\`, or an entry of the list in \`datasets/<name>.yaml\`, in
\`datasets/<name>.json\`, or under \`cases:\` of a suite. [datasets.md](datasets.md) says when to use which, and how code makes cases.

In \`datasets/<name>.csv\` the first line names the columns: \`id\`, \`input\` or \`input.<key>\`, \`expected\` or \`expected.<key>\`,
\`tags\` and \`scorers\` (\`;\` between them), \`trials\`, \`metadata.<key>\`. A dot goes one level deeper: \`input.customer.name\`. A cell is always text: \`007\`
stays \`007\`, and \`42\` is the text, not the number. An empty cell is absent, but for one of \`input\`, which is
empty text. Commas, semicolons, tabs or bars separate the cells, as the first line shows or a line \`sep=;\` above it says.

A whole number beyond 9007199254740992 (2^53) that a double would round is refused with its place, here and in every other file:
write it as text, \`"12345678901234567890"\`.`;
