import { hashJson } from "../domain/json.ts";

const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names used as `${env:NAME}` in the texts, without duplicates, in the order of first use. */
export function environmentNames(texts: Iterable<string>): readonly string[] {
  const names = new Set<string>();
  for (const text of texts) for (const [, name = ""] of text.matchAll(REFERENCE)) names.add(name);
  return [...names];
}

/** The texts with every `${env:NAME}` replaced, or the names that are not set. */
export type FilledValues =
  | {
      readonly kind: "filled";
      readonly values: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
    }
  | { readonly kind: "unset"; readonly names: readonly string[] };

/**
 * Replaces `${env:NAME}` in the values of headers or variables. The values from the environment are returned as
 * `secrets`: they must be removed from every message and reply.
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

/**
 * Matches names of credentials. A credential does not affect answers, so cached answers stay valid when its value
 * changes.
 */
const CREDENTIAL_NAME =
  /(?:^|[-_])(?:authorization|auth|api[-_]?key|access[-_]?key|subscription[-_]?key|functions[-_]?key|token|secret|password|signature|credentials?|cookie)$/i;

/**
 * Matches names of a program's environment variables that count as not affecting its answers: names that end in `KEY`,
 * and variables such as `HOME` that differ from machine to machine.
 */
const PROGRAMS_OWN = /KEY$|^(?:HOME|PATH|TMPDIR|TMP|TEMP|USER|LOGNAME|USERPROFILE)$/i;

/**
 * Hashes of the environment variables' values that may affect answers, for instance one that a routing header is made
 * of. The values themselves are not stored. `environment` is absent when there are no such values.
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
