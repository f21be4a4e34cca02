import { type Assertion, pathOf } from "./config-test.ts";
import type { Plan, PlanContext, Transform } from "./plan.ts";
import type { Entry } from "./provider-spec.ts";
import { hasTemplate } from "./templates/nunjucks-tree.ts";
import { renderNunjucks } from "./templates/render-nunjucks.ts";

/**
 * How to convert an assertion whose value is code or a code file. @throws {Untranslatable} for a template in the
 * value
 */
export function planCode(one: Assertion, language: "javascript" | "python", context: PlanContext): Plan {
  const { value, not, threshold, config } = one;
  const rest: Entry = {
    ...(not ? { not } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(config === undefined ? {} : { config }),
  };
  if (typeof value !== "string" || value.trim() === "")
    return {
      kind: "left",
      why: `The value of a ${language} assertion must be its code, or file:// with the path of its code.`,
    };
  const transforms = transformsOf(one, context);
  if (typeof transforms === "string") return { kind: "left", why: transforms };
  if (transforms.length > 0 && language === "python") return { kind: "left", why: TWO_LANGUAGES };
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
        ...rest,
        code: hasTemplate(value) ? renderNunjucks(value, context.vars) : value,
      },
      transforms,
    };
  }
  const path = pathOf(context.reading, file[1] ?? "");
  if (context.reading.files.kind(path) !== "file")
    return { kind: "left", why: `${value}: there is no such file.` };
  const isPython = path.endsWith(".py");
  if (isPython && transforms.length > 0) return { kind: "left", why: TWO_LANGUAGES };
  return {
    kind: "check",
    language: isPython ? "python" : "javascript",
    spec: {
      ...(isPython ? {} : { type: "javascript" }),
      ...rest,
      ...(file[2] === undefined ? {} : { name: file[2] }),
    },
    file: path,
    transforms,
  };
}

const TWO_LANGUAGES = "The transform is JavaScript and the check is Python; write both in one language.";

/**
 * The code that transforms an answer before an assertion. A text instead of a list is the reason why the code
 * cannot be imported.
 */
export function transformsOf(one: Assertion, { transforms, reading }: PlanContext): Transform[] | string {
  const steps: Transform[] = [];
  for (const code of [...transforms, one.transform]) {
    if (code === undefined) continue;
    if (!code.startsWith("file://")) {
      steps.push(code);
      continue;
    }
    const [, named, name] = /^(file:\/\/.+?\.[cm]?[jt]s)(?::(\w+))?$/.exec(code) ?? [];
    if (named === undefined) return `The transform ${code} is not JavaScript; write it in JavaScript.`;
    const file = pathOf(reading, named);
    if (reading.files.kind(file) !== "file") return `The transform ${code}: there is no such file.`;
    steps.push({ file, name });
  }
  return steps;
}
