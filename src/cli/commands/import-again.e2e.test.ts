import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, beforeEach, expect, it } from "vitest";
import { IMPORTERS } from "../../operations/importing/importers.ts";
import { BESIDE, DRIVERS } from "../testing/fuzz/drivers.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
});
afterEach(() => repo.remove());

function put(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(join(repo.root, path)), { recursive: true });
  writeFileSync(join(repo.root, path), bytes);
}

/** Every file of a folder with its contents, by its path. */
function filesOf(folder: string): Record<string, string> {
  const root = join(repo.root, folder);
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(root, path)).isFile(),
  );
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(root, path), "base64")]));
}

const PARQUET = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: "id", data: ["a", "b"], type: "STRING" },
      { name: "question", data: ["What?", "Who?"], type: "STRING" },
      { name: "answer", data: ["That.", "They."], type: "STRING" },
    ],
  }),
);

it.each(IMPORTERS.map(({ name }) => name))(
  "%s writes the same bytes into an empty folder, and changes nothing when repeated",
  async (tool) => {
    for (const [path, text] of Object.entries(BESIDE)) put(path, text);
    put("in/source.parquet", PARQUET);
    const samples = DRIVERS.filter(({ kind }) => kind === `import ${tool}`);
    for (const { file, text = "" } of samples) put(file, text);
    const sources = tool === "parquet" ? ["in/source.parquet"] : samples.map(({ file }) => file);
    expect(sources.length).toBeGreaterThan(0);
    for (const [index, source] of sources.entries()) {
      const brought = async (out: string): Promise<readonly string[]> => {
        const { exit, stdout } = await repo.evals(`import ${tool} ${source} --out ${out} --json`);
        expect(exit, stdout).toBe(0);
        return (JSON.parse(stdout) as { written: string[] }).written;
      };
      const [first, second] = [`one-${index}`, `two-${index}`];
      const written = await brought(first);
      expect(written.length).toBeGreaterThan(2);
      await brought(second);
      expect(filesOf(second)).toEqual(filesOf(first));
      expect(await brought(first)).toEqual([]);
      expect(filesOf(first)).toEqual(filesOf(second));
    }
  },
);
