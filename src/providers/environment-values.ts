import { hashJson } from "../domain/json.ts";

const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of the variables that texts refer to as `${env:NAME}`, each once, in order. */
export function environmentNames(texts: Iterable<string>): readonly string[] {
  const names = new Set<string>();
  for (const text of texts) for (const [, name = ""] of text.matchAll(REFERENCE)) names.add(name);
  return [...names];
}

/** Texts with every `${env:NAME}` filled in, or the names that are not set. */
export type FilledValues =
  | {
      readonly kind: "filled";
      readonly values: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
    }
  | { readonly kind: "unset"; readonly names: readonly string[] };

/**
 * Fills `${env:NAME}` in the values of a map of headers or variables.
 * What came from the environment is returned as `secrets`: it must be taken out of every message and reply.
 */
export function fillEnvironment(
  templates: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): FilledValues {
  const names = environmentNames(Object.values(templates));
  const unset = names.filter((name) => !env[name]);
  if (unset.length > 0) return { kind: "unset", names: unset };
  const values: Record<string, string> = {};
  for (const [key, template] of Object.entries(templates)) {
    values[key] = template.replace(REFERENCE, (_, name: string) => env[name] ?? "");
  }
  return { kind: "filled", values, secrets: names.map((name) => env[name] ?? "") };
}

/** What a name is that only says who asks: its value decides no answer, and may change without asking again. */
const CREDENTIAL_NAME =
  /(?:^|[-_])(?:authorization|auth|api[-_]?key|access[-_]?key|subscription[-_]?key|functions[-_]?key|token|secret|password|signature|credentials?|cookie)$/i;

/** In the environment of a program, any `…_KEY` is one, and what differs from machine to machine decides nothing either. */
const PROGRAMS_OWN = /KEY$|^(?:HOME|PATH|TMPDIR|TMP|TEMP|USER|LOGNAME|USERPROFILE)$/i;

/**
 * What of a map fed from the environment decides answers beside what is written: a header that routes leads to another
 * answer with another value. A hash each, so that no value is ever stored; absent where there is none.
 */
export function environmentIdentity(
  templates: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
  kind: "headers" | "env",
): { readonly environment?: { readonly [name: string]: string } } {
  const decides = Object.entries(templates).filter(
    ([name, template]) =>
      environmentNames([template]).some((one) => env[one]) &&
      !CREDENTIAL_NAME.test(name) &&
      !(kind === "env" && PROGRAMS_OWN.test(name)),
  );
  if (decides.length === 0) return {};
  const hashes = decides.map(([name, template]) => {
    const value = template.replace(REFERENCE, (_, one: string) => env[one] ?? "");
    return [name, hashJson({ [kind]: name, template, value })] as const;
  });
  return { environment: Object.fromEntries(hashes) };
}
