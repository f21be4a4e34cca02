import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { lastWords } from "./last-words.ts";

const stderrOf = (...args: string[]): string =>
  spawnSync(process.execPath, args, { encoding: "utf8", env: { PATH: process.env.PATH } }).stderr;

const hasPython = ((): boolean => {
  try {
    execFileSync("python3", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

describe("the last words of a program", () => {
  it.each<[what: string, args: string[], words: string | RegExp]>([
    ["a file that is not there", ["no-such-file.mjs"], /^Error: Cannot find module '.*no-such-file\.mjs'$/],
    ["an error", ["-e", 'throw new TypeError("no table")'], "TypeError: no table"],
    ["an error of several lines", ["-e", 'throw new Error("first\\nsecond")'], "Error: first"],
    [
      "an error with properties",
      ["-e", 'throw Object.assign(new Error("no table"), { code: "E", list: [1, { a: 2 }] })'],
      "Error: no table",
    ],
    [
      "an error with a cause",
      ["-e", 'throw new Error("no table", { cause: new Error("x") })'],
      "Error: no table",
    ],
    ["what is no error", ["-e", 'throw "no table"'], /no table/],
    ["a rejection", ["-e", 'Promise.reject(new RangeError("no table"))'], "RangeError: no table"],
    ["a module that cannot be parsed", ["--input-type=module", "-e", "const a = ;"], /^SyntaxError: /],
    ["words of its own", ["-e", 'console.error("a\\nno key\\n\\n"); process.exit(1)'], "no key"],
    ["nothing", ["-e", "process.exit(1)"], ""],
  ])("that Node ran are those of the error: %s", (_, args, words) => {
    const found = lastWords(stderrOf(...args));
    if (typeof words === "string") expect(found).toBe(words);
    else expect(found).toMatch(words);
  });

  it.runIf(hasPython)("that Python ran are those of the error", () => {
    const { stderr } = spawnSync("python3", ["-c", "import no_such_module"], { encoding: "utf8" });
    expect(lastWords(stderr)).toBe("ModuleNotFoundError: No module named 'no_such_module'");
  });

  it.each([
    [
      "Java",
      'Exception in thread "main" java.lang.IllegalStateException: no table\n\tat Bot.main(Bot.java:3)\n\tat A.b(A.java:1)\n',
      'Exception in thread "main" java.lang.IllegalStateException: no table',
    ],
    [
      "Ruby",
      "bot.rb:1:in `a': no table (RuntimeError)\n\tfrom bot.rb:5:in `<main>'\n",
      "bot.rb:1:in `a': no table (RuntimeError)",
    ],
    [
      "Go",
      "panic: no table\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/bot.go:4 +0x25\nexit status 2\n",
      "panic: no table",
    ],
  ])("of %s are above the calls that led there", (_, stderr, words) => {
    expect(lastWords(stderr)).toBe(words);
  });
});
