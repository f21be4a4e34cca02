import { expect, it } from "vitest";
import { importBraintrust } from "./import-braintrust.ts";
import { importCsv } from "./import-csv.ts";
import { importHelicone } from "./import-helicone.ts";
import { importLangfuse } from "./import-langfuse.ts";
import { importLangsmith } from "./import-langsmith.ts";
import { importPhoenix } from "./import-phoenix.ts";
import type { ImportedFile, Importer, SourceFiles } from "./imported.ts";

const COUNT = 5000;
const body = (index: number) => ({ messages: [{ role: "user", content: `What is ${index}?` }] });
const reply = { choices: [{ message: { role: "assistant", content: "That." } }] };

/** A file whose lines may be read one by one, and that cannot be read as a whole. */
function onlyLines(line: (index: number) => string, seen: { most: number }): SourceFiles {
  const refuse = (): never => {
    throw new Error("the file was read as a whole");
  };
  return {
    text: refuse,
    bytes: refuse,
    lines: async function* () {
      for (let index = 0; index < COUNT; index++) {
        seen.most = Math.max(seen.most, index);
        yield line(index);
      }
    },
    kind: () => "file",
    glob: () => [],
    inProject: (path) => path,
  };
}

it.each<[tool: string, importer: Importer, line: (index: number) => string]>([
  ["csv", importCsv, (index) => (index === 0 ? "id,question" : `a${index},What?`)],
  ["braintrust", importBraintrust, (index) => JSON.stringify({ id: `a${index}`, input: "What?" })],
  ["langsmith", importLangsmith, (index) => JSON.stringify({ id: `a${index}`, inputs: { q: "What?" } })],
  ["langfuse", importLangfuse, (index) => JSON.stringify({ id: `a${index}`, input: "What?" })],
  ["phoenix", importPhoenix, (index) => JSON.stringify({ id: `a${index}`, input: { q: "What?" } })],
  [
    "helicone",
    importHelicone,
    (index) => JSON.stringify({ request_id: `a${index}`, request_body: body(index), response_body: reply }),
  ],
])("reads %s line by line, and gives its cases one by one", async (_, importer, line) => {
  const seen = { most: 0 };
  const { files } = await importer({
    sources: ["in.jsonl"],
    options: {},
    files: onlyLines(line, seen),
    tools: { refuses: async () => undefined, renderLiquid: async () => "" },
    ask: async () => ({ status: null, text: "" }),
    env: {},
  });
  const dataset = files.find(({ path }) => path.startsWith("datasets/")) as ImportedFile;
  expect(typeof dataset.text).not.toBe("string");
  let lines = 0;
  for await (const piece of dataset.text) lines += piece.split("\n").length - 1;
  expect(lines).toBeGreaterThanOrEqual(COUNT - 1);
  expect(seen.most).toBe(COUNT - 1);
});
