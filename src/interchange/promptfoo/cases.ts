import type { Json } from "../../domain/json.ts";
import { isObject } from "./config-source.ts";
import type { Assertion, Reading, Test } from "./config-test.ts";
import { expandVars } from "./expand-vars.ts";
import { slugOf, UniqueNames } from "./slug.ts";

/** One combination of a test's variables, with everything that defaultTest adds. */
export interface CaseDraft {
  readonly id: string;
  readonly vars: Readonly<Record<string, Json>>;
  readonly assertions: readonly Assertion[];
  readonly threshold?: number | undefined;
  /** Number of trials, if given. */
  readonly trials?: number | undefined;
  readonly options: { readonly [key: string]: Json };
  readonly metadata: { readonly [key: string]: Json };
  /** The prompts and providers to which the test limits the case; absent when it sets no limits. */
  readonly prompts?: Json | undefined;
  readonly provider?: Json | undefined;
  readonly providers?: Json | undefined;
  readonly test: Test;
}

/** Makes a case for each combination of each test's variables, with what defaultTest adds. The ids are unique. */
export function casesOf(tests: readonly Test[], defaults: Test | undefined, reading: Reading): CaseDraft[] {
  const names = new UniqueNames();
  return tests.flatMap((test, index) => {
    const options = { ...defaults?.options, ...test.options };
    const own = options.disableDefaultAsserts === true ? [] : (defaults?.assertions ?? []);
    const multiply = options.disableVarExpansion !== true;
    const all = expandVars({ ...defaults?.vars, ...test.vars }, multiply, test.place, reading);
    const name = slugOf(test.description ?? "", 60) || `test-${index + 1}`;
    return all.map(
      (vars): CaseDraft => ({
        id: names.take(name),
        vars,
        assertions: [...own, ...test.assertions],
        threshold: test.threshold ?? defaults?.threshold,
        trials: trialsOf(options),
        options,
        metadata: {
          ...defaults?.metadata,
          ...test.metadata,
          ...(test.description === undefined ? {} : { description: test.description }),
          source: `${test.place.path}:${test.place.line}`,
        },
        prompts: test.prompts ?? defaults?.prompts,
        provider: test.provider ?? defaults?.provider,
        providers: test.providers ?? defaults?.providers,
        test,
      }),
    );
  });
}

function trialsOf({ repeat }: CaseDraft["options"]): number | undefined {
  return typeof repeat === "number" && Number.isSafeInteger(repeat) && repeat > 0 ? repeat : undefined;
}

/** Code that transforms every output before it is scored. */
export function transformOf({ options }: Pick<CaseDraft, "options">): string | undefined {
  const code = options.transform ?? options.postprocess;
  return typeof code === "string" ? code : undefined;
}

export function graderOf({ options }: Pick<CaseDraft, "options">): Json | undefined {
  return typeof options.provider === "string" || isObject(options.provider) ? options.provider : undefined;
}
