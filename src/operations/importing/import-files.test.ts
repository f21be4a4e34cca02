import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EvalsError } from "../../domain/problem.ts";
import type { Imported } from "../../interchange/imported.ts";
import type { Environment } from "../environment.ts";
import { type ImportOptions, importFiles } from "./import-files.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "import-files-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

const imported = (more: Partial<Imported> = {}): Imported => ({
  files: [
    { path: "evals/shop.yaml", text: "dataset: shop\n" },
    { path: "datasets/shop.jsonl", text: pieces('{"id":"a",', '"input":1}\n') },
  ],
  models: { small: { provider: "openai", model: "m-2024-01-01" } },
  taken: { cases: 1 },
  left: [],
  kept: [],
  ...more,
});

const bring = (value: Imported, options: Partial<ImportOptions> = {}) =>
  importFiles(
    {
      name: "other",
      about: "",
      sources: "<file...>",
      sourcesAbout: "",
      examples: [],
      load: async () => async () => value,
    },
    { sources: ["old.yaml"], dryRun: false, options: {}, ...options },
    { cwd: home, env: {} } as Environment,
  );

const codes = async (work: Promise<unknown>): Promise<string[]> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EvalsError);
  return (error as EvalsError).problems.map(({ code }) => code);
};

const text = (path: string): string => readFileSync(join(home, path), "utf8");

describe("importing files", () => {
  it("writes them with the models in a new config", async () => {
    const { written } = await bring(imported());
    expect(written).toEqual(["evals/shop.yaml", "datasets/shop.jsonl", "evalconfig.yaml"]);
    expect(text("datasets/shop.jsonl")).toBe('{"id":"a","input":1}\n');
    expect(text("evalconfig.yaml")).toContain(
      "models:\n  small:\n    provider: openai\n    model: m-2024-01-01\n",
    );
    expect(readdirSync(join(home, "datasets"))).toEqual(["shop.jsonl"]);
  });

  it("changes nothing the second time", async () => {
    await bring(imported());
    const again = await bring(imported());
    expect(again.written).toEqual([]);
    expect(again.unchanged).toEqual(["evals/shop.yaml", "datasets/shop.jsonl"]);
  });

  it("writes nothing when one of the files exists with other contents", async () => {
    mkdirSync(join(home, "datasets"));
    writeFileSync(join(home, "datasets/shop.jsonl"), "mine\n");
    expect(await codes(bring(imported()))).toEqual(["EVALS_IMPORT_EXISTS"]);
    expect(text("datasets/shop.jsonl")).toBe("mine\n");
    expect(existsSync(join(home, "evals"))).toBe(false);
    expect(existsSync(join(home, "evalconfig.yaml"))).toBe(false);
  });

  it("writes nothing on a dry run, and names what it would write", async () => {
    const { written } = await bring(imported(), { dryRun: true });
    expect(written).toHaveLength(3);
    expect(readdirSync(home)).toEqual([]);
  });

  it("leaves nothing behind when the other tool's file breaks off", async () => {
    async function* broken(): AsyncGenerator<string> {
      yield "half";
      throw new EvalsError({ code: "EVALS_X", what: "", why: "", fix: "" });
    }
    const files = [
      { path: "evals/a.yaml", text: "a" },
      { path: "datasets/deep/b.jsonl", text: broken() },
    ];
    expect(await codes(bring(imported({ files })))).toEqual(["EVALS_X"]);
    expect(readdirSync(home)).toEqual([]);
  });

  it("reports files of a new project's folders that check would read as parts of it", async () => {
    const before = {
      "evals/promptfooconfig.yaml": "prompts: [x]\n",
      "evals/helper.ts": "export const a = 1;\n",
      "evals/cases.jsonl": "{}\n",
      "prompts/NOTES.md": "x\n",
      "prompts/old/1.0.0.md": "x\n",
      "prompts/old/draft.md": "x\n",
      "prompts/plain.txt": "x\n",
    };
    for (const [path, text] of Object.entries(before)) {
      mkdirSync(join(home, path, ".."), { recursive: true });
      writeFileSync(join(home, path), text);
    }
    const { left } = await bring(imported());
    expect(left.map(({ path, what }) => `${path} ${what.split(" ").at(-1)}`)).toEqual([
      "evals/promptfooconfig.yaml suite",
      "prompts/old/1.0.0.md prompt",
      "prompts/NOTES.md prompt",
      "prompts/old/draft.md prompt",
    ]);
    expect((await bring(imported(), { out: "apart" })).left).toEqual([]);
    expect((await bring(imported())).left).toEqual([]);
  });

  it("adds models below those of a config, and keeps the rest of it", async () => {
    const before =
      "# ours\nmodels:\n    big: { provider: openai, model: b-2024-01-01 } # dear\n\ndefaults: { trials: 3 }\n";
    writeFileSync(join(home, "evalconfig.yaml"), before);
    const { added } = await bring(imported());
    expect(added).toEqual(["small"]);
    expect(text("evalconfig.yaml")).toBe(
      before.replace("# dear\n", "# dear\n    small:\n      provider: openai\n      model: m-2024-01-01\n"),
    );
  });

  it("refuses a model when the config has another one of the same name", async () => {
    writeFileSync(join(home, "evalconfig.yaml"), "models:\n  small: { provider: openai, model: other }\n");
    expect(await codes(bring(imported()))).toEqual(["EVALS_IMPORT_MODEL"]);
  });

  it("writes into the folder of `out`, or else into the project that contains the working directory", async () => {
    expect((await bring(imported(), { out: "sub" })).written[0]).toBe("sub/evals/shop.yaml");
    mkdirSync(join(home, "sub/old"));
    const { written, unchanged } = await bring(imported(), { directory: "sub/old" });
    expect([...written, ...unchanged]).toContain("../evals/shop.yaml");
  });

  it("reports why nothing was imported", async () => {
    const left = [{ path: "old.yaml", line: 1, what: "redteam", why: "no cases" }];
    const { problems, left: leftOut } = await bring(imported({ files: [], left }));
    expect(problems.map(({ code }) => code)).toEqual(["EVALS_IMPORT_NOTHING"]);
    expect(leftOut).toEqual(left);
  });

  it.each(["../x", "a b", "", "-x"])("refuses %j as a name", async (name) => {
    expect(await codes(bring(imported(), { name }))).toEqual(["EVALS_IMPORT_NAME"]);
  });
});
