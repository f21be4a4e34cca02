import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileHashes } from "./module-files.ts";
import { OpenedFiles } from "./opened-files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-opened-"));
  writeFileSync(join(root, "bot.py"), "print(1)\n");
  writeFileSync(join(root, "bot.log"), "");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("OpenedFiles", () => {
  const open = () => new OpenedFiles(root, ["bot.py", "bot.log"]);

  it("has the hashes that the fingerprint uses", () => {
    expect(open().hashes).toEqual(fileHashes(root, ["bot.py", "bot.log"]));
  });

  it("names a code file as long as its content differs or it is missing", () => {
    const opened = open();
    expect(opened.changed()).toBeUndefined();
    writeFileSync(join(root, "bot.py"), "print(2)\n");
    expect(opened.changed()).toContain("bot.py was changed while the run was under way");
    expect(opened.changed()).toContain("bot.py");
    rmSync(join(root, "bot.py"));
    expect(opened.changed()).toContain("bot.py");
    writeFileSync(join(root, "bot.py"), "print(1)\n");
    expect(opened.changed()).toBeUndefined();
  });

  it("accepts a code file that was saved again unchanged, and a log file that the program writes", () => {
    const opened = open();
    utimesSync(join(root, "bot.py"), new Date(0), new Date(0));
    writeFileSync(join(root, "bot.log"), "a line\n");
    expect(opened.changed()).toBeUndefined();
  });
});
