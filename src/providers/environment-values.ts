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
