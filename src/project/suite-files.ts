/** Matches TypeScript and JavaScript files, but not tests (`.test.`, `.spec.`) and declarations (`.d.ts`). */
const CODE = /^(?!.*\.(?:test|spec|d)\.[mc]?[jt]s$).+\.[mc]?[jt]s$/;
const YAML = /\.ya?ml$/;

/** Whether a suite's file is code. */
export const isCodeSuite = (path: string): boolean => CODE.test(path);

/**
 * The name of the suite in a file of `evals/`; undefined when the file is not a suite. Code is a suite when it calls
 * `defineSuite`, so that other modules may be in the same folder.
 *
 * @param file its name in the folder
 * @param read returns its text
 */
export function suiteOfFile(file: string, read: () => string): string | undefined {
  if (YAML.test(file)) return file.replace(YAML, "");
  return CODE.test(file) && /\bdefineSuite\s*\(/.test(read()) ? file.replace(/\.[mc]?[jt]s$/, "") : undefined;
}
