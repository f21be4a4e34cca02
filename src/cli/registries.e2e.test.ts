import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IMPORTERS } from "../operations/importing/importers.ts";
import { DOCUMENT_NAMES, REPORTER_NAMES } from "../operations/reporting/registry.ts";
import { DATASET_ENDINGS } from "../project/dataset-formats.ts";
import { providers } from "../providers/registry.ts";
import { READ_BY_PEOPLE } from "../reports/testing/every-report.ts";
import { JUDGE_KINDS } from "../scorers/judge/kinds/registry.ts";
import { scorers } from "../scorers/registry.ts";
import { COMMANDS } from "./declarations/registry.ts";
import { type Scenario, scenario } from "./testing/scenario.ts";

const page = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
  for (const folder of ["evals", "datasets", "judges", "judges/j", "prompts"])
    mkdirSync(join(repo.root, folder));
  repo.write("evalconfig.yaml", "models:\n  small: { provider: outputs, file: out.jsonl }\n");
  repo.write("evals/s.yaml", "dataset: s\nmodel: small\nscorers: [{ type: equals }]\n");
  repo.write("datasets/s.jsonl", '{"id":"a","input":"hi","expected":"hello"}\n');
  repo.write("out.jsonl", '{"case":"a","output":"hello"}\n');
});
afterEach(() => repo.remove());

const help = async (words: string): Promise<string> =>
  (await repo.evals(`${words} --help`)).stdout.replace(/\s+/g, " ");

it("every reporter but json has its text read by the tests of all reports", () => {
  expect(Object.keys(READ_BY_PEOPLE).sort()).toEqual(REPORTER_NAMES.filter((name) => name !== "json").sort());
});

describe("one line in a registry is enough for", () => {
  it.each(REPORTER_NAMES)(
    "the reporter %s to be in the help, in the fix of a mistake, and to write a file",
    async (name) => {
      expect(await help("run")).toMatch(new RegExp(`--reporter <name\\[=file\\]> [^.;]*\\b${name}\\b`));
      expect((await repo.evals("run --reporter nothing")).stderr).toMatch(
        new RegExp(`fix: One of: .*\\b${name}\\b`),
      );
      expect((await repo.evals(`run --reporter ${name}=reports/one`)).exit).toBe(0);
      // For a passed run the GitHub reporter writes nothing.
      if (name !== "github") expect(readFileSync(join(repo.root, "reports/one"), "utf8")).not.toBe("");
    },
  );

  it.each(DOCUMENT_NAMES)("the document %s to be written of a past run", async (name) => {
    repo.write("out.jsonl", '{"case":"a","output":"hello"}\n');
    await repo.evals("run");
    expect(await help("report")).toMatch(new RegExp(`--format <name> [^.;]*\\b${name}\\b`));
    expect((await repo.evals(`report latest --format ${name} --output one`)).exit).toBe(0);
    expect(readFileSync(join(repo.root, "one"), "utf8")).not.toBe("");
  });

  it.each(providers.names)(
    "the provider %s to be in the reference, and to be suggested for a typo",
    async (name) => {
      expect(page("docs/providers.md")).toMatch(new RegExp(`provider: ${name}\\b`));
      repo.write("evalconfig.yaml", "models:\n  small: { provider: nothing-like-it }\n");
      expect((await repo.evals("check")).stderr).toMatch(new RegExp(`\\b${name}\\b`));
    },
  );

  it.each(scorers.names)(
    "the scorer %s to be in the reference, and suggested for a typo of it",
    async (name) => {
      expect(page("docs/scorers.md")).toMatch(new RegExp(`^##+ .*\\b${name}\\b`, "m"));
      repo.write("evals/s.yaml", `dataset: s\nmodel: small\nscorers: [{ type: ${name}x }]\n`);
      expect((await repo.evals("check")).stderr).toContain(`Did you mean "${name}"?`);
    },
  );

  it.each(JUDGE_KINDS.map(({ kind }) => kind))(
    "the judge kind %s to be among the suggestions for a typo",
    async (kind) => {
      repo.write("judges/j/1.0.0.md", "---\nkind: nothing-like-it\nmodel: small\n---\nIs it polite?\n");
      expect((await repo.evals("check")).stderr).toMatch(new RegExp(`\\b${kind}\\b`));
    },
  );

  it.each(DATASET_ENDINGS)(
    "a dataset that ends in %s to be found by its name, and to be listed for an unknown extension",
    async (ending) => {
      repo.write("evals/s.yaml", "dataset: other.xlsx\nmodel: small\nscorers: [{ type: equals }]\n");
      expect((await repo.evals("check")).stderr).toContain(ending);
      const cases: Readonly<Record<string, string>> = {
        ".json": '[{"id":"a","input":"hi","expected":"hello"}]\n',
        ".jsonl": '{"id":"a","input":"hi","expected":"hello"}\n',
        ".csv": "id,input,expected\na,hi,hello\n",
      };
      repo.write("evals/s.yaml", "dataset: other\nmodel: small\nscorers: [{ type: equals }]\n");
      repo.write(`datasets/other${ending}`, cases[ending] ?? "- { id: a, input: hi, expected: hello }\n");
      expect((await repo.evals("check")).stdout).toContain("1 case");
    },
  );

  it.each(IMPORTERS.map(({ name }) => name))(
    "the importer %s to be a command with examples",
    async (name) => {
      expect(await help("import")).toContain(` ${name} `);
      expect(await help(`import ${name}`)).toContain(`Examples: evals import ${name} `);
    },
  );

  it.each(COMMANDS.filter(({ hidden }) => hidden !== true).map(({ words }) => words))(
    "the command %s to be in the help of its parent",
    async (words) => {
      const [last = "", ...before] = words.split(" ").reverse();
      expect(await help(before.reverse().join(" "))).toMatch(new RegExp(` ${last} [[<a-z]`));
    },
  );
});
