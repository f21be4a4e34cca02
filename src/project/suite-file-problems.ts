import type { Problem } from "../domain/problem.ts";
import type { FileSource } from "./file-source.ts";

const FOLDER = "evals";

/** Problems of files that look like suites, but are in a subfolder of `evals/`, where no suite is found. */
export function suitesBelow(files: FileSource, folder: string): Problem[] {
  return files
    .list(folder, { recursive: true })
    .filter(({ path, directory }) => !directory && /\.ya?ml$/.test(path))
    .filter(({ path }) => /^scorers:/m.test(files.read(path).toString("utf8")))
    .map(({ path }) => ({
      code: "EVALS_SUITE_FOLDER",
      path,
      what: `This suite is in a subfolder of ${FOLDER}/, and suites are read only from ${FOLDER}/ itself.`,
      why: "The suite would never be run, and nobody would notice.",
      fix: `mv ${path} ${FOLDER}/${path.slice(FOLDER.length + 1).replaceAll("/", "-")}`,
    }));
}

export function twoFiles(name: string, path: string, first: string): Problem {
  return {
    code: "EVALS_SUITE_DUPLICATE",
    path,
    what: `There are two suites named "${name}".`,
    why: "Runs and baselines are found by a suite's name, so a name means one file.",
    fix: `Delete or rename one of them; the other is ${first}.`,
  };
}

export function badName(name: string, path: string): Problem {
  const better =
    name
      .replace(/[^\w.-]+/g, "-")
      .replace(/^[.-]+|-+$/g, "")
      .slice(0, 100) || "suite";
  return {
    code: "EVALS_SUITE_NAME",
    path,
    what: `"${name}" cannot be the name of a suite.`,
    why: "The name becomes part of file names, tags and commands.",
    fix: `Rename the file, with letters, digits, ".", "-" and "_": ${FOLDER}/${better}.yaml`,
  };
}
