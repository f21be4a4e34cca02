import { type Document, isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from "yaml";
import { hashJson, type Json } from "../domain/json.ts";
import type { Problem } from "../domain/problem.ts";
import { schemaLine } from "../domain/schema-address.ts";
import type { Imported } from "./imported.ts";
import { repeatedYamlKey } from "./reading/repeated-yaml-keys.ts";

const CONFIG_FILE = "evalconfig.yaml";
const HEAD = schemaLine("evalconfig");

/** evalconfig.yaml with the models of an import. */
export interface JoinedConfig {
  /** The new text of the file; undefined when the file already has all of the models. */
  readonly text?: string | undefined;
  /** Aliases of the models that were added. */
  readonly added: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Adds models to a config after the existing ones; the rest of the text is not changed.
 *
 * @param text the content of evalconfig.yaml; undefined when there is no such file
 */
export function joinConfig(text: string | undefined, models: Imported["models"]): JoinedConfig {
  const aliases = Object.keys(models);
  if (text === undefined)
    return { text: `${HEAD}${stringify({ models }, { lineWidth: 0 })}`, added: aliases, problems: [] };
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors.length > 0 || repeatedYamlKey(document) !== undefined)
    return { added: [], problems: [unreadable()] };
  const present = document.get("models");
  const config = resolved(document);
  if (config === undefined) return { added: [], problems: [unreadable()] };
  const have = config?.models ?? {};
  const problems = aliases
    .filter((alias) => have[alias] !== undefined && hashJson(have[alias]) !== hashJson(models[alias] as Json))
    .map((alias) => taken(alias, models[alias] ?? {}));
  const added = aliases.filter((alias) => have[alias] === undefined);
  if (problems.length > 0 || added.length === 0) return { added: [], problems };
  const entries = Object.fromEntries(added.map((alias) => [alias, models[alias]]));
  if (present === undefined || present === null)
    return { text: below(text, stringify({ models: entries }, { lineWidth: 0 })), added, problems };
  if (!isMap(present) || present.flow === true || present.items.length === 0)
    return { added: [], problems: [inOneLine(entries)] };
  return { text: within(text, present, entries), added, problems };
}

const below = (text: string, more: string): string =>
  `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${more}`;

/** Inserts entries after the last one of a block, with the same indentation. */
function within(text: string, map: YAMLMap, entries: object): string {
  const [first] = map.items as Pair[];
  const start = isScalar(first?.key) ? (first.key.range?.[0] ?? 0) : 0;
  const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const lines = stringify(entries, { lineWidth: 0 }).trimEnd().split("\n");
  const more = lines.map((line) => (line === "" ? line : `${indent}${line}`)).join("\n");
  const end = map.range?.[1] ?? text.length;
  const head = text.slice(0, end).trimEnd();
  return `${head}\n${more}\n${text.slice(head.length).replace(/^[^\S\n]*\n/, "")}`;
}

/** The values of the document; undefined when its YAML aliases cannot be replaced by their values. */
function resolved(document: Document): { readonly models?: Record<string, Json> } | null | undefined {
  try {
    return document.toJS() as { models?: Record<string, Json> } | null;
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function unreadable(): Problem {
  return {
    code: "EVALS_IMPORT_CONFIG",
    path: CONFIG_FILE,
    what: "This file cannot be read, so no model can be added to it.",
    why: "The imported suites name models that must be in this file.",
    fix: "`evals check` lists the mistakes in this file. Or import into a folder of its own: --out <dir>",
  };
}

function taken(alias: string, entry: object): Problem {
  return {
    code: "EVALS_IMPORT_MODEL",
    path: CONFIG_FILE,
    what: `This file already has a model "${alias}". The imported model of this name has other settings: ${JSON.stringify(entry)}`,
    why: "Existing settings are not overwritten, and two models cannot have one name.",
    fix: "Rename your model in this file and in the suites that use it, or import into a folder of its own: --out <dir>",
  };
}

function inOneLine(entries: object): Problem {
  return {
    code: "EVALS_IMPORT_CONFIG",
    path: CONFIG_FILE,
    what: "The models in this file are not written one per line, so the import cannot add a model to them.",
    why: "An import only adds lines; it never rewrites what you wrote.",
    fix: `Add these models yourself, then give the command again: ${JSON.stringify(entries)}`,
  };
}
