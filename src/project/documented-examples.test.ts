import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SCHEMA_VERSION_RANGE, schemaAddress } from "../domain/schema-address.ts";
import { starterFiles } from "../operations/project/starter-project.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

type Kind = "evalconfig" | "suite" | "prompt" | "judge" | "model";
interface Schema {
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

/**
 * A schema for an example that may show part of a file: no key is required, but the keys present must be valid.
 */
const part = (whole: Schema) => ({
  keys: Object.keys(whole.properties),
  holds: ajv.compile({ ...whole, required: [] }),
});
const file = (kind: string): Schema => JSON.parse(read(`schemas/${kind}.schema.json`));
const config = file("evalconfig") as Schema & {
  readonly properties: { readonly models: object };
  $defs: object;
};
const [openai] = (config.properties.models as { additionalProperties: { oneOf: Schema[] } })
  .additionalProperties.oneOf;
const schemas: Readonly<Record<Kind, ReturnType<typeof part>>> = {
  evalconfig: part(config),
  suite: part(file("suite")),
  prompt: part(file("prompt")),
  judge: part(file("judge")),
  model: part({ ...(openai as Schema), ...{ $defs: config.$defs } }),
};

/** Matches examples of other tools' files. */
const OTHERS =
  /^(?:apiVersion:|services:|#\s*\.github|#\s*\.gitlab|on:|jobs:|steps:|- (?:uses|run|name):|\s+- (?:uses|run):|evals:\n\s+script)/m;

interface Example {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  readonly kind: Kind;
}

/** The kind of file that an example shows, known by the comment that names the file, or else by the keys. */
function kindOf(text: string): Kind | undefined {
  if (/^#\s*evals\//m.test(text)) return "suite";
  if (/^#\s*evalconfig\.yaml/m.test(text)) return "evalconfig";
  const value: unknown = parse(text, { logLevel: "silent" });
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const keys = Object.keys(value);
  const isMap = (one: unknown): boolean => one !== null && typeof one === "object" && !Array.isArray(one);
  if (keys.includes("models") && isMap((value as { models: unknown }).models)) return "evalconfig";
  return (["suite", "evalconfig", "judge", "prompt", "model"] as const).find((kind) =>
    keys.every((key) => schemas[kind].keys.includes(key)),
  );
}

const pages = [
  "README.md",
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const blocks = pages.flatMap((page) => {
  const text = read(page);
  return Array.from(text.matchAll(/^( *)```ya?ml\n([\s\S]*?)^ *```/gm), ([, indent = "", body = ""], at) => ({
    page,
    line: text.slice(0, text.indexOf(body)).split("\n").length,
    text: body.replace(new RegExp(`^${indent}`, "gm"), ""),
    at,
  }));
});
const ours = blocks.filter(({ text }) => !OTHERS.test(text) && parse(text, { logLevel: "silent" }) !== null);
const examples = ours.flatMap((one): Example[] => {
  const kind = kindOf(one.text);
  return kind === undefined ? [] : [{ ...one, kind }];
});

describe("an example of the documentation in YAML", () => {
  it("is recognized as part of one of our files, or of another tool's", () => {
    const unknown = ours
      .filter(({ text }) => kindOf(text) === undefined)
      .map(({ page, line }) => `${page}:${line}`);
    expect(unknown).toEqual([]);
    expect(examples.length).toBeGreaterThan(30);
  });

  it.each(examples.map((one) => [`${one.page}:${one.line}`, one.kind, one.text] as const))(
    "%s matches the schema of %s",
    (_place, kind, text) => {
      const { holds } = schemas[kind];
      expect(
        holds(parse(text))
          ? []
          : holds.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`),
      ).toEqual([]);
    },
  );
});

describe("the address of a schema", () => {
  it("is that of this minor version", () => {
    expect(JSON.parse(read("package.json")).version).toMatch(
      new RegExp(`^${SCHEMA_VERSION_RANGE.replace(".", "\\.")}\\.`),
    );
  });

  it("needs no installation, and leads to a file that the package contains", () => {
    for (const kind of ["evalconfig", "suite", "prompt", "judge", "case"] as const) {
      const [, name = ""] =
        /^https:\/\/[\w.]+\/git-evals@[\d.]+\/(schemas\/[\w.]+)$/.exec(schemaAddress(kind)) ?? [];
      expect(JSON.parse(read(name)).$schema).toContain("2020-12");
    }
    expect(JSON.parse(read("package.json")).files).toContain("schemas/*.schema.json");
  });

  it("is on the first line of each file that init writes, and the file matches that schema", () => {
    const kinds: readonly (readonly [ending: RegExp, kind: Exclude<Kind, "model">])[] = [
      [/^evalconfig\.yaml$/, "evalconfig"],
      [/^evals\/.+\.yaml$/, "suite"],
      [/^prompts\/.+\.md$/, "prompt"],
    ];
    const files = Object.entries(starterFiles());
    for (const [ending, kind] of kinds) {
      const found = files.filter(([path]) => ending.test(path));
      expect(found.length).toBeGreaterThan(0);
      for (const [path, whole] of found) {
        const text = path.endsWith(".md") ? (/^---\n([\s\S]*?)^---$/m.exec(whole)?.[1] ?? "") : whole;
        expect(text.split("\n")[0], path).toBe(`# yaml-language-server: $schema=${schemaAddress(kind)}`);
        expect(schemas[kind].holds(parse(text)), path).toBe(true);
      }
    }
  });
});
