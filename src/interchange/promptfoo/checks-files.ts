import { posix } from "node:path";
import type { Json } from "../../domain/json.ts";
import type { Plan, Transform } from "./plan.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { Entry } from "./provider-spec.ts";
import javascriptRuntime from "./runtime/checks.mjs.txt";
import pythonRuntime from "./runtime/checks.py.txt";

type CheckPlan = Extract<Plan, { readonly kind: "check" }>;

interface Check {
  readonly spec: Entry;
  /** Path in the project of the file with the check's code. */
  readonly file?: string | undefined;
  /** Code that transforms the answer before the check; its files are paths in the project. */
  readonly transforms: readonly Transform[];
  /** Where the assertion is in the promptfoo config: `path:line`. */
  readonly from: string;
}

const FOLDER = "scorers";

/** The code checks of one suite: a module and a Python program, each with a table of its checks. */
export class ChecksFiles {
  readonly #suite: string;
  readonly #files: ProjectFiles;
  readonly #tables = {
    javascript: new Map<string, Check & { readonly id: string }>(),
    python: new Map<string, Check & { readonly id: string }>(),
  };

  constructor(suite: string, files: ProjectFiles) {
    this.#suite = suite;
    this.#files = files;
  }

  /**
   * Adds a check and returns its id; equal checks share one id. The paths of the check's files are given as the
   * user would type them.
   */
  add(
    language: "javascript" | "python",
    { spec, file, transforms: steps = [] }: Omit<CheckPlan, "kind" | "language">,
    from: string,
  ): string {
    const own = file === undefined ? undefined : this.#files.bring(file);
    const transforms = steps.map((step) =>
      typeof step === "string" ? step : { ...step, file: this.#files.bring(step.file) },
    );
    const table = this.#tables[language];
    const key = JSON.stringify([spec, own, transforms]);
    const known = table.get(key);
    if (known !== undefined) return known.id;
    const id = `check-${table.size + 1}`;
    table.set(key, { id, spec, file: own, transforms, from });
    return id;
  }

  /** The settings of a scorer that runs the checks of a language. */
  scorer(language: "javascript" | "python"): Entry {
    if (language === "javascript") return { type: "module", file: this.#module() };
    const own = [
      ...new Set(
        Array.from(this.#tables.python.values(), ({ file }) => file).filter((file) => file !== undefined),
      ),
    ];
    return {
      type: "command",
      command: [
        "python3",
        `${FOLDER}/${this.#suite.replace(/\W/g, "_")}.py`,
        `${FOLDER}/promptfoo_checks.py`,
        ...own,
      ],
      serve: "jsonl",
    };
  }

  /**
   * Path of the module with the checks. The module is TypeScript if the code of one check is, so that it can import
   * that code.
   */
  #module(): string {
    const isTyped = [...this.#tables.javascript.values()].some((check) =>
      filesOf(check).some((file) => /\.[cm]?ts$/.test(file)),
    );
    return `${FOLDER}/${this.#suite}.${isTyped ? "ts" : "mjs"}`;
  }

  /**
   * Whether any check may use the prompt: its code contains the word `prompt`, or its code is in a file of the
   * user's project.
   */
  asksForPrompt(): boolean {
    return [...this.#tables.javascript.values(), ...this.#tables.python.values()].some(
      (check) =>
        filesOf(check).length > 0 ||
        /\bprompt\b/.test([check.spec.code, ...check.transforms].map(String).join(" ")),
    );
  }

  write(from: string): void {
    const { javascript, python } = this.#tables;
    if (javascript.size > 0) {
      this.#files.add(`${FOLDER}/promptfoo-checks.mjs`, javascriptRuntime);
      this.#files.add(this.#module(), moduleText([...javascript.values()], from));
    }
    if (python.size > 0) {
      this.#files.add(`${FOLDER}/promptfoo_checks.py`, pythonRuntime);
      this.#files.add(
        `${FOLDER}/${this.#suite.replace(/\W/g, "_")}.py`,
        pythonText([...python.values()], from),
      );
    }
  }
}

/** The user's files that a check runs. */
function filesOf({ file, transforms }: Check): string[] {
  return [file, ...transforms.map((step) => (typeof step === "string" ? undefined : step.file))].filter(
    (one) => one !== undefined,
  );
}

type Listed = Check & { readonly id: string };

function moduleText(checks: readonly Listed[], from: string): string {
  const entries = checks.map(({ id, spec, file, transforms, from: place }) => {
    const members = Object.entries(spec).map(([key, value]) => `    ${key}: ${javascriptOf(value)},`);
    if (file !== undefined) members.push(`    file: ${importOf(file)},`);
    if (transforms.length > 0) members.push(`    transforms: [${transforms.map(stepOf).join(", ")}],`);
    return `  // ${place}\n  "${id}": {\n${members.join("\n")}\n  },`;
  });
  return `// Checks of ${from}. A case names its own checks in its \`expected\`.\nimport { promptfooChecks } from "./promptfoo-checks.mjs";\n\nexport default promptfooChecks({\n${entries.join("\n")}\n});\n`;
}

function stepOf(step: Transform): string {
  if (typeof step === "string") return javascriptOf(step);
  const name = step.name === undefined ? "" : `, name: ${JSON.stringify(step.name)}`;
  return `{ file: ${importOf(step.file)}${name} }`;
}

const importOf = (file: string): string => `() => import(${JSON.stringify(relativeTo(file))})`;

function relativeTo(file: string): string {
  const path = posix.relative(FOLDER, file);
  return path.startsWith(".") ? path : `./${path}`;
}

/** A value as JavaScript; code of several lines becomes a template literal, which stays readable. */
function javascriptOf(value: Json): string {
  if (typeof value !== "string" || !value.includes("\n")) return JSON.stringify(value);
  return `\`${value.replace(/[\\`]|\$\{/g, "\\$&")}\``;
}

function pythonText(checks: readonly Listed[], from: string): string {
  const entries = checks.map(({ id, spec, file, from: place }) => {
    const members = Object.entries({
      ...spec,
      ...(file === undefined ? {} : { file: posix.relative(FOLDER, file) }),
    });
    return `    # ${place}\n    "${id}": {\n${members.map(([key, value]) => `        "${key}": ${pythonOf(value)},`).join("\n")}\n    },`;
  });
  return `# Checks of ${from}. A case names its own checks in its \`expected\`.\nfrom promptfoo_checks import serve\n\nCHECKS = {\n${entries.join("\n")}\n}\n\nserve(CHECKS)\n`;
}

function pythonOf(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return JSON.stringify(value);
  if (typeof value === "string") return pythonString(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(pythonOf).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, one]) => `${pythonString(key)}: ${pythonOf(one)}`)
    .join(", ")}}`;
}

/**
 * A text as a Python string. JSON's escapes mean the same in Python, except for an escaped pair of surrogates, which
 * `JSON.stringify` does not write.
 */
function pythonString(text: string): string {
  if (!text.includes("\n") || /"""|\\|"$/.test(text)) return JSON.stringify(text);
  return `"""${text}"""`;
}
