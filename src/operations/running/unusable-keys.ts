import { isSendable } from "../../domain/header-value.ts";
import type { Problem } from "../../domain/problem.ts";
import type { LoadedModel, Project } from "../../domain/project.ts";

/** The problems of a model's keys, found before any call: a key is not set, or has characters that cannot be sent. */
export function unusableKeys(project: Project, model: LoadedModel): Problem[] {
  const names = model.provider.keys?.(model.settings) ?? [];
  return names.flatMap((name) => {
    const value = project.env[name];
    const mistake = !value
      ? unset(name, model.alias)
      : model.provider.keysInHeaders === true && !isSendable(value)
        ? unsendable(name)
        : undefined;
    if (mistake === undefined) return [];
    const { path, at } = project.configPlaces;
    return [{ ...mistake, path, ...at(["models", model.alias], "key") }];
  });
}

function unset(name: string, alias: string): Problem {
  return {
    code: "EVALS_KEY_UNSET",
    what: `${name} is not set, and model "${alias}" needs it.`,
    why: "Every call would be refused.",
    fix: `export ${name}=…, or a line ${name}=… in .env (git-ignored); --replay answers from recordings`,
  };
}

function unsendable(name: string): Problem {
  return {
    code: "EVALS_KEY_UNSENDABLE",
    what: `${name} contains a line break, a control character or a letter that is not Latin.`,
    why: "The key is sent in a header, where such characters are not allowed. Usually more than the key was copied.",
    fix: `Copy the key again, and set ${name} to it.`,
  };
}
