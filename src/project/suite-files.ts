/** Tests and declarations beside suites are none. */
const CODE = /^(?!.*\.(?:test|spec|d)\.[mc]?[jt]s$).+\.[mc]?[jt]s$/;
const YAML = /\.ya?ml$/;

/** Whether a suite's file is code. */
export const isCodeSuite = (path: string): boolean => CODE.test(path);

/**
 * The name of the suite that a file of `evals/` holds; undefined for a file that is none. Code is a suite where it calls `defineSuite`, so
 * that modules may stand beside suites.
 *
 * @param file its name in the folder
 * @param read gives its text
 */
export function suiteOfFile(file: string, read: () => string): string | undefined {
  if (YAML.test(file)) return file.replace(YAML, "");
  return CODE.test(file) && /\bdefineSuite\s*\(/.test(read()) ? file.replace(/\.[mc]?[jt]s$/, "") : undefined;
}
