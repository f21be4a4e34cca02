import type { Problem } from "../../domain/problem.ts";
import type { LoadedModel, Project } from "../../domain/project.ts";

/** Variables that hold keys and are not set, told before anything is asked. */
export function unsetKeys(project: Project, model: LoadedModel): Problem[] {
  const names = model.provider.keys?.(model.settings) ?? [];
  return names
    .filter((name) => !project.env[name])
    .map((name) => ({
      code: "EVALS_KEY_UNSET",
      path: project.configPlaces.path,
      ...project.configPlaces.at(["models", model.alias], "key"),
      what: `${name} is not set, and model "${model.alias}" needs it.`,
      why: "Every call would be refused.",
      fix: `export ${name}=…, or a line ${name}=… in .env (git-ignored); --replay answers from recordings`,
    }));
}
