import { type Assertion, pathOf } from "./config-test.ts";
import type { Plan, PlanContext } from "./plan.ts";
import type { Entry } from "./provider-spec.ts";
import { hasTemplate } from "./templates/nunjucks-tree.ts";
import { renderNunjucks } from "./templates/render-nunjucks.ts";

/** How to convert an assertion whose value is code or a code file. @throws {Untranslatable} for a template in it */
export function planCode(one: Assertion, language: "javascript" | "python", context: PlanContext): Plan {
  const { value, not, threshold, config } = one;
  const rest: Entry = {
    ...(not ? { not } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(config === undefined ? {} : { config }),
  };
  if (typeof value !== "string" || value.trim() === "")
    return { kind: "left", why: `${language} needs its code, or a file://, as value.` };
  const transform = transformOf(one, context);
  if (transform !== undefined && language === "python")
    return {
      kind: "left",
      why: "A JavaScript transform before a Python check would be two languages; do both in one of them.",
    };
  const own = transform === undefined ? rest : { ...rest, transform };
  const file = /^(?:file:\/\/)?(.+?\.(?:[cm]?[jt]s|py))(?::(\w+))?$/.exec(
    value.startsWith("file://") || (language === "python" && !/\s/.test(value)) ? value : "",
  );
  if (file === null) {
    if (value.startsWith("package:"))
      return { kind: "left", why: "A package's function is not called; import it in a module scorer." };
    return {
      kind: "check",
      language,
      spec: {
        ...(language === "javascript" ? { type: "javascript" } : {}),
        ...own,
        code: hasTemplate(value) ? renderNunjucks(value, context.vars) : value,
      },
    };
  }
  const path = pathOf(context.reading, file[1] ?? "");
  if (context.reading.files.kind(path) !== "file")
    return { kind: "left", why: `${value}: there is no such file.` };
  const isPython = path.endsWith(".py");
  if (isPython && transform !== undefined)
    return {
      kind: "left",
      why: "A JavaScript transform before a Python check would be two languages; do both in one of them.",
    };
  return {
    kind: "check",
    language: isPython ? "python" : "javascript",
    spec: {
      ...(isPython ? {} : { type: "javascript" }),
      ...own,
      ...(file[2] === undefined ? {} : { name: file[2] }),
    },
    file: path,
  };
}

/** The transforms of a test and its assertion, combined; undefined when there are none. */
export function transformOf(one: Assertion, { transform }: PlanContext): string | undefined {
  return joinedTransform(transform, one.transform);
}

/** Combines two transforms; the second runs after the first. */
export function joinedTransform(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const step = (code: string): string =>
    `(async (output) => {\n${code.includes("\n") ? code : `return ${code}`}\n})`;
  return `return ${step(first)}(output).then(${step(second)});\n`;
}
