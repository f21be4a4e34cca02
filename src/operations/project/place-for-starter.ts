import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { DATASET_ENDINGS } from "../../project/dataset-formats.ts";
import { CONFIG_FILE } from "../../project/find-project-root.ts";
import { STARTER_NAME, starterFiles } from "./starter-project.ts";

/** The folders of a project in which files are parts of the project. No other project may be inside them. */
const PROJECT_FOLDERS = ["evals", "datasets", "prompts", "judges", "labels", "fixtures"];
/** The project folders in which `evals check` reads every file. */
const READ_WHOLE = ["evals", "prompts", "judges", "labels"];

/**
 * Refuses a folder in which no project may be created.
 *
 * @param root absolute
 * @throws {EvalsError} for a folder with a misspelt config, and for a folder inside another project's folders
 */
export function refuseStarter(root: string): void {
  if (existsSync(join(root, "evalconfig.yml")) && !existsSync(join(root, CONFIG_FILE)))
    throw new EvalsError({
      code: "EVALS_INIT_MISSPELT",
      path: "evalconfig.yml",
      what: `The config file here is called evalconfig.yml, and evals reads only ${CONFIG_FILE}.`,
      why: "If a new config were created, the settings in evalconfig.yml would be ignored.",
      fix: `mv evalconfig.yml ${CONFIG_FILE}`,
    });
  for (let above = dirname(root); ; above = dirname(above)) {
    const [folder = ""] = relative(above, root).split(sep);
    if (existsSync(join(above, CONFIG_FILE)) && PROJECT_FOLDERS.includes(folder))
      throw new EvalsError({
        code: "EVALS_INIT_INSIDE",
        what: `This folder is inside ${folder}/ of the project in ${above}, and that project reads every file in ${folder}/.`,
        why: "The files of the new project would be read as files of that project, and `evals check` would fail there.",
        fix: `evals init -C ${above} <another folder>`,
      });
    if (existsSync(join(above, ".git")) || dirname(above) === above) return;
  }
}

/** An unused name for the example; files from an interrupted `evals init` do not count as used. */
export function freeStarterName(root: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? STARTER_NAME : `${STARTER_NAME}-${number}`;
    if (isFree(root, name)) return name;
  }
}

function isFree(root: string, name: string): boolean {
  const own = starterFiles(name);
  const beside = [
    ...["evals", "datasets"].flatMap((folder) =>
      DATASET_ENDINGS.map((ending) => `${folder}/${name}${ending}`),
    ),
    ...namesIn(join(root, "prompts", name)).map((file) => `prompts/${name}/${file}`),
    `fixtures/${name}.jsonl`,
    `labels/${name}.jsonl`,
    `evals/baselines/${name}.jsonl`,
  ];
  return beside.every((path) => {
    const place = join(root, path);
    if (!existsSync(place)) return true;
    return statSync(place).isFile() && readFileSync(place, "utf8") === own[path];
  });
}

/** The folders that have files besides those of the example. From now on, `evals check` will read these files too. */
export function foldersReadFromNowOn(root: string, name: string): string[] {
  const own = Object.keys(starterFiles(name));
  return READ_WHOLE.filter((folder) =>
    namesIn(join(root, folder)).some((entry) => !own.some((path) => isPartOf(`${folder}/${entry}`, path))),
  );
}

const isPartOf = (place: string, path: string): boolean => path === place || path.startsWith(`${place}/`);

function namesIn(folder: string): string[] {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? readdirSync(folder).filter((name) => !basename(name).startsWith(".")) : [];
}
