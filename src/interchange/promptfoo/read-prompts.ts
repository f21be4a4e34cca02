import { posix } from "node:path";
import { readCsv } from "../../domain/csv-rows.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { SourcePlace } from "../imported.ts";
import { asList, type ConfigSource, isObject } from "./config-source.ts";
import { pathOf, type Reading } from "./config-test.ts";

/** A prompt of promptfoo: one template, either text or the JSON of a chat. */
export interface PromptSource {
  readonly text: string;
  /** Where the config names the prompt. */
  readonly place: SourcePlace;
  /** The prompt's file; absent for a prompt in the config. */
  readonly file?: string | undefined;
  /** Number of lines before the prompt in its file. */
  readonly before: number;
  /** The prompt's name; undefined when it has none. */
  readonly name?: string | undefined;
}

/** The prompts of a config, in order. */
export function readPrompts(source: ConfigSource, value: Json | undefined, reading: Reading): PromptSource[] {
  if (isObject(value))
    // `prompts: { file.txt: label }`
    return Object.entries(value).flatMap(([file, label]) =>
      promptsOf(file, typeof label === "string" ? label : undefined, source.at(["prompts", file]), reading),
    );
  return asList(value).flatMap((one, index) => {
    const place = source.at(Array.isArray(value) ? ["prompts", index] : ["prompts"]);
    if (typeof one === "string") return promptsOf(one, undefined, place, reading);
    if (!isObject(one)) return [];
    const text = one.raw ?? one.id ?? one.prompt;
    if (one.function !== undefined || typeof text !== "string") {
      reading.losses.add(place, "a prompt", "The prompt has neither `raw` nor `id` with a text or a file.");
      return [];
    }
    if (one.config !== undefined)
      reading.losses.add(
        place,
        "config: of a prompt",
        "Parameters belong to a model. Add a model with these parameters to evalconfig.yaml.",
      );
    return promptsOf(text, typeof one.label === "string" ? one.label : undefined, place, reading);
  });
}

/** File extensions by which a single word is recognized as a file. */
const FILE = /\.(?:txt|json|jsonl|md|j2|ya?ml|csv|[cm]?[jt]s|py)(?::\w+)?$/;

function promptsOf(
  text: string,
  label: string | undefined,
  place: SourcePlace,
  reading: Reading,
): PromptSource[] {
  const { losses, files } = reading;
  if (text.startsWith("exec:") || /^(?:langfuse|portkey|helicone):\/\//.test(text)) {
    losses.add(
      place,
      `the prompt ${text}`,
      "Only texts and text files are imported as prompts. Save the text of this prompt as a file.",
    );
    return [];
  }
  const isFile = text.startsWith("file://") || (!/[\n{]/.test(text) && FILE.test(text));
  if (!isFile) return [{ text, place, before: 0, name: label }];
  const path = pathOf(reading, text);
  const found = /[*?{[]/.test(path)
    ? files.glob(path)
    : files.kind(path.replace(/:\w+$/, "")) === "file"
      ? [path]
      : [];
  if (found.length === 0) {
    if (!text.startsWith("file://") && !text.includes("/")) return [{ text, place, before: 0, name: label }];
    losses.add(place, `the prompt ${text}`, "There is no such file.");
  }
  return found.flatMap((file) => attempt(file, text, label, place, reading));
}

function attempt(
  file: string,
  named: string,
  label: string | undefined,
  place: SourcePlace,
  reading: Reading,
): PromptSource[] {
  try {
    return ofFile(file, named, label, place, reading);
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    for (const { what, fix } of error.problems)
      reading.losses.add(place, `the prompt ${named}`, `${what} ${fix}`);
    return [];
  }
}

function ofFile(
  file: string,
  named: string,
  label: string | undefined,
  place: SourcePlace,
  { files, losses }: Reading,
): PromptSource[] {
  const base = { place, file, before: 0, name: label ?? posix.basename(file).replace(/\.\w+$/, "") };
  if (/\.(?:[cm]?[jt]s|py|sh)(?::\w+)?$/.test(file)) {
    losses.add(
      place,
      `the prompt ${named}`,
      "Code makes this prompt; write the template that the code fills, or a module target that asks the model itself.",
    );
    return [];
  }
  const text = files.text(file);
  if (file.endsWith(".csv")) {
    const { rows } = readCsv(text, { path: file, code: "EVALS_IMPORT_SYNTAX", column: "prompt" });
    const [header, ...body] = rows;
    const at = header?.cells.findIndex((cell) => cell.trim().toLowerCase() === "prompt") ?? -1;
    const lines = at === -1 ? rows : body;
    return lines
      .map(({ cells, line }) => ({ ...base, text: cells[Math.max(0, at)] ?? "", before: line - 1 }))
      .filter((one) => one.text !== "");
  }
  if (file.endsWith(".jsonl"))
    return text
      .split(/\r?\n/)
      .flatMap((line, index) => (line.trim() === "" ? [] : [{ ...base, text: line, before: index }]));
  if (file.endsWith(".txt")) return parted(text).map((part) => ({ ...base, ...part }));
  return [{ ...base, text }];
}

/** A line of three hyphens separates prompts. */
function parted(text: string): { readonly text: string; readonly before: number }[] {
  const parts: { text: string; before: number }[] = [];
  let lines: string[] = [];
  let start = 0;
  const end = (next: number): void => {
    const whole = lines.join("\n");
    const blank = /^\s*/.exec(whole)?.[0].split("\n").length ?? 1;
    if (whole.trim() !== "") parts.push({ text: whole.trim(), before: start + blank - 1 });
    lines = [];
    start = next;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "---") end(index + 1);
    else lines.push(line);
  }
  end(0);
  return parts;
}
