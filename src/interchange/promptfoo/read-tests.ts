import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { SourcePlace } from "../imported.ts";
import { asList, type ConfigSource, isObject, readSource, type Step } from "./config-source.ts";
import { type Assertion, pathOf, type Reading, type Test } from "./config-test.ts";
import { readCsvTests } from "./csv-tests.ts";
import { reportKeys } from "./known-keys.ts";
import type { Losses } from "./losses.ts";

/** All tests under `tests:`, in order, including the tests in the files that `tests:` names. */
export function readTests(source: ConfigSource, steps: readonly Step[], reading: Reading): Test[] {
  const value = valueAt(source, steps);
  return testsOf(value, { source, steps, reading, inside: [] });
}

interface Place {
  readonly source: ConfigSource;
  readonly steps: readonly Step[];
  readonly reading: Reading;
  /** The files currently being read, outermost first. */
  readonly inside: readonly string[];
}

function testsOf(value: Json | undefined, place: Place): Test[] {
  const { source, steps, reading } = place;
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((one, index) =>
      testsOf(one, { ...place, steps: [...steps, index] }),
    );
  if (typeof value === "string") return testsOfFiles(value, place);
  if (!isObject(value)) return [];
  const path = value.path;
  if (typeof path === "string" && value.vars === undefined && value.assert === undefined) {
    if (value.config !== undefined)
      reading.losses.add(
        source.at(steps),
        "config: of a file of tests",
        "Only the path of a file of tests is used; its `config` is ignored.",
      );
    return testsOfFiles(path, place);
  }
  return [readTest(value, source, steps, reading)];
}

/**
 * The end of a message about tests that code makes: a command that runs the code and saves the tests as JSON. Empty
 * for a file that is not code.
 */
function savedBy(named: string): string {
  const [, path, ending, name] = /^(?:file:\/\/)?(.+\.([cm]?[jt]s|py))(?::(\w+))?$/.exec(named) ?? [];
  if (path === undefined) return "";
  if (ending === "py")
    return `: python3 -c 'import json, runpy; print(json.dumps(runpy.run_path("${path}")["${name ?? "generate_tests"}"]()))' > tests.json`;
  const made = name === undefined ? "(m.default ?? m)" : `m.${name}`;
  return `: node -e 'import("./${path}").then(async (m) => console.log(JSON.stringify(await ${made}())))' > tests.json`;
}

function testsOfFiles(named: string, place: Place): Test[] {
  const { source, steps, reading, inside } = place;
  const at = source.at(steps);
  if (
    /^(?:https?|huggingface|az|s3|gs):\/\//.test(named) ||
    /^file:\/\/.*\.(?:xlsx?|[cm]?[jt]s|py)(?::\w+)?$/.test(named) ||
    /\.(?:xlsx?|[cm]?[jt]s|py)(?::\w+)?$/.test(named)
  ) {
    reading.losses.add(
      at,
      `tests of ${named}`,
      `Only CSV, JSON, JSONL and YAML files on this machine are read. Save the tests in one of these formats${savedBy(named)}.`,
    );
    return [];
  }
  const path = pathOf(reading, named).replace(/#.*$/, "");
  const files = /[*?{[]/.test(path)
    ? reading.files.glob(path)
    : reading.files.kind(path) === "file"
      ? [path]
      : [];
  if (files.length === 0) reading.losses.add(at, `tests of ${named}`, "There is no such file.");
  return files.flatMap((file) => {
    if (inside.includes(file)) {
      reading.losses.add(at, `tests of ${named}`, "The file names itself, directly or through another file.");
      return [];
    }
    return attempt(at, named, reading, () => testsOfFile(file, { ...place, inside: [...inside, file] }));
  });
}

function testsOfFile(file: string, place: Place): Test[] {
  const { reading } = place;
  const text = reading.files.text(file);
  if (file.endsWith(".csv") || file.endsWith(".tsv")) return readCsvTests(text, file, reading.losses);
  if (file.endsWith(".jsonl"))
    return text.split(/\r?\n/).flatMap((line, index) => {
      if (line.trim() === "") return [];
      const source = atLine(readSource(line, file), index);
      return testsOf(source.value, { ...place, source, steps: [] });
    });
  const source = readSource(text, file);
  return testsOf(source.value, { ...place, source, steps: [] });
}

/** A view of a JSONL file in which every part has the location of the line at `index`. */
function atLine(source: ConfigSource, index: number): ConfigSource {
  const at = (): SourcePlace => ({ path: source.path, line: index + 1 });
  return { ...source, at, keyAt: at };
}

/** A broken file is skipped and reported; the rest of the config is imported. */
function attempt(at: SourcePlace, named: string, { losses }: Reading, read: () => Test[]): Test[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    for (const { path, line, what, fix } of error.problems)
      losses.add(path === undefined ? at : { path, line: line ?? 1 }, `tests of ${named}`, `${what} ${fix}`);
    return [];
  }
}

/** One test, or defaultTest. */
export function readTest(
  value: { readonly [key: string]: Json },
  source: ConfigSource,
  steps: readonly Step[],
  reading: Reading,
  isDefault = false,
): Test {
  const { losses } = reading;
  reportKeys("test", value, { source, steps, losses });
  const options = isObject(value.options) ? value.options : {};
  reportKeys("options", options, { source, steps: [...steps, "options"], losses });
  return {
    place: source.at(steps),
    description: typeof value.description === "string" ? value.description : undefined,
    vars: readVars(value.vars, source, [...steps, "vars"], reading),
    assertions: readAssertions(value.assert, source, [...steps, "assert"], { losses, isDefault }),
    threshold: typeof value.threshold === "number" ? value.threshold : undefined,
    options,
    metadata: isObject(value.metadata) ? value.metadata : {},
    ...{ prompts: value.prompts, provider: value.provider, providers: value.providers },
  };
}

function readVars(
  value: Json | undefined,
  source: ConfigSource,
  steps: readonly Step[],
  reading: Reading,
): Readonly<Record<string, Json>> {
  if (isObject(value)) return value;
  if (value === undefined || value === null) return {};
  const names = asList(value).filter((one) => typeof one === "string");
  const found = names.flatMap((name) => {
    const path = pathOf(reading, name);
    const files = /[*?{[]/.test(path) ? reading.files.glob(path) : [path];
    return files.map((file) => readSource(reading.files.text(file), file).value);
  });
  if (found.length === 0 || !found.every(isObject))
    reading.losses.add(
      source.at(steps),
      "vars:",
      "The value is neither a map of variables nor a YAML file with such a map.",
    );
  return Object.assign({}, ...found.filter(isObject));
}

function readAssertions(
  value: Json | undefined,
  source: ConfigSource,
  steps: readonly Step[],
  { losses, isDefault }: { readonly losses: Losses; readonly isDefault: boolean },
): Assertion[] {
  if (value !== undefined && value !== null && !Array.isArray(value))
    losses.add(
      source.at(steps),
      "assert:",
      "The value is not a list. promptfoo expects one assertion per line, each after a dash.",
    );
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((one, index): Assertion[] => {
    const here = [...steps, index];
    const place = source.at(here);
    if (!isObject(one)) {
      losses.add(place, "an assertion", "The assertion is not a map with a type and a value.");
      return [];
    }
    const ref = resolved(one, source);
    if (ref === undefined) {
      losses.add(
        place,
        `$ref: ${String(one.$ref)}`,
        "Only a reference to a part of the same file (#/assertionTemplates/...) is followed.",
      );
      return [];
    }
    reportKeys("assertion", ref, { source, steps: here, losses });
    if (typeof ref.type !== "string") {
      losses.add(place, "an assertion without a type", "Nothing says how the answer is to be judged.");
      return [];
    }
    return [assertionOf(ref, source, here, { losses, isDefault })];
  });
}

/** An assertion, or the one that its `$ref` names in the same file; undefined when that cannot be found. */
function resolved(
  one: { readonly [key: string]: Json },
  source: ConfigSource,
): { readonly [key: string]: Json } | undefined {
  if (one.$ref === undefined) return one;
  const path = /^#\/(.+)$/.exec(String(one.$ref))?.[1];
  const found = path === undefined ? undefined : valueAt(source, path.split("/"));
  return isObject(found) && found.$ref === undefined ? found : undefined;
}

export function valueAt(source: Pick<ConfigSource, "value">, steps: readonly Step[]): Json | undefined {
  let here: Json | undefined = source.value;
  for (const key of steps) {
    if (here === null || typeof here !== "object" || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, Json>)[key];
  }
  return here;
}

function assertionOf(
  value: { readonly [key: string]: Json },
  source: ConfigSource,
  steps: readonly Step[],
  rest: { readonly losses: Losses; readonly isDefault: boolean },
): Assertion {
  const type = String(value.type);
  const number = (key: string): number | undefined =>
    typeof value[key] === "number" ? (value[key] as number) : undefined;
  const text = (key: string): string | undefined =>
    typeof value[key] === "string" ? (value[key] as string) : undefined;
  return {
    place: source.at(steps),
    type,
    base: type.replace(/^not-/, ""),
    not: type.startsWith("not-"),
    value: value.value,
    threshold: number("threshold"),
    weight: number("weight"),
    metric: text("metric"),
    transform: text("transform"),
    config: value.config,
    provider: value.provider,
    members:
      type === "assert-set" ? readAssertions(value.assert, source, [...steps, "assert"], rest) : undefined,
    isDefault: rest.isDefault,
  };
}
