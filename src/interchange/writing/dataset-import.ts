import type { Imported, ImportedFile } from "../imported.ts";
import { LeftList } from "../reading/left-list.ts";
import { caseLines, type DatasetRows, type DatasetShape, readShape } from "./dataset-rows.ts";
import { DEFAULT_MODEL, markdownText, openaiModel, suiteText } from "./project-text.ts";
import { member, roleLines } from "./role-lines.ts";

/** A dataset of another tool to be converted. */
export interface DatasetImport {
  /** Name of dataset, prompt, suite and model. */
  readonly name: string;
  readonly rows: DatasetRows;
  /** Source of the dataset, for people: `Braintrust, exports/purchases.json`. */
  readonly from: string;
  /** The list to which skipped items are added; it may already contain items. */
  readonly left?: LeftList | undefined;
}

/**
 * Creates a dataset and a suite for it. The other tool's data includes neither the question's wording nor the target,
 * so prompt, model and scorer are starting points for the user to edit.
 */
export async function importDataset({
  name,
  rows,
  from,
  left = new LeftList(),
}: DatasetImport): Promise<Imported> {
  const shape = await readShape(rows, left);
  const lists = { left: left.all(), kept: [] };
  if (shape.count === 0) return { files: [], models: {}, taken: {}, ...lists };
  return {
    files: [
      datasetFile(name, rows),
      { path: `prompts/${name}/1.0.0.md`, text: promptText(shape, from) },
      { path: `evals/${name}.yaml`, text: startingSuite(name, shape, from) },
    ],
    models: { [name]: openaiModel(DEFAULT_MODEL) },
    taken: { cases: shape.count, suites: 1 },
    ...lists,
  };
}

/** The file of a dataset. Its lines are generated each time the file is read. */
export function datasetFile(name: string, rows: DatasetRows): ImportedFile {
  return { path: `datasets/${name}.jsonl`, text: { [Symbol.asyncIterator]: () => caseLines(rows) } };
}

function startingSuite(name: string, shape: DatasetShape, from: string): string {
  const scorer =
    shape.withExpected < shape.count
      ? { type: "length", min: 1 }
      : shape.expectedIsText
        ? { type: "equals", trim: true }
        : shape.expectedKey !== undefined
          ? { type: "equals", against: member("expected", shape.expectedKey), trim: true }
          : { type: "json-equals" };
  return suiteText(
    {
      description: `Cases from ${from}.`,
      dataset: name,
      prompt: `${name}@1.0.0`,
      model: name,
      scorers: [scorer],
    },
    [
      "The cases were imported. Prompt, model and scorer are starting points: write how the cases are asked, and what makes an answer right.",
    ],
  );
}

function promptText(shape: DatasetShape, from: string): string {
  const front = {
    description: `Asks the cases from ${from}.`,
    rationale: "A first version; the import contains no prompt.",
  };
  const listed = shape.keys.find(({ key, isText }) => key === "messages" && !isText);
  if (shape.input === "messages") return markdownText(front, "messages: input\n");
  const template = templateOf(shape);
  return markdownText(
    front,
    roleLines([{ role: "user", template: listed === undefined ? template : "{{ input | json }}" }]),
  );
}

function templateOf({ input, keys }: DatasetShape): string {
  if (input === "text") return "{{ input }}";
  const plain = keys.filter(({ key }) => /^[A-Za-z_][\w-]*$/.test(key));
  if (input !== "object" || plain.length === 0 || plain.length < keys.length) return "{{ input | json }}";
  const [only] = plain;
  if (plain.length === 1 && only !== undefined) return printed(only);
  return plain.map((one) => `${one.key}: ${printed(one)}`).join("\n");
}

const printed = ({ key, isText }: { key: string; isText: boolean }): string =>
  `{{ ${member("input", key)}${isText ? "" : " | json"} }}`;
