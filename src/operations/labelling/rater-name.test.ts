import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeIo } from "../../cli/testing/fake-io.ts";
import { raterName } from "./rater-name.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evals-rater-"));
  // The git configuration of this machine must not affect the test.
  vi.stubEnv("GIT_CONFIG_GLOBAL", "/dev/null");
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const name = (env: Record<string, string>, given?: string): Promise<string> =>
  raterName(fakeIo(folder, { env }), folder, given);

describe("raterName", () => {
  it("is the name on the command line, else git's e-mail address, else the system's user name", async () => {
    expect(await name({ USER: "ana" })).toBe("ana");
    expect(await name({ USERNAME: "ana" })).toBe("ana");
    execFileSync("git", ["init", "--quiet", folder]);
    execFileSync("git", ["-C", folder, "config", "user.email", "ana@example.com"]);
    expect(await name({ USER: "ana" })).toBe("ana@example.com");
    expect(await name({ USER: "ana" }, " ben ")).toBe("ben");
  });

  it("is required when neither git nor the system has a name", async () => {
    await expect(name({})).rejects.toThrow("The rater is unknown");
    await expect(name({ USER: "ana" }, " ")).rejects.toThrow("--rater is empty.");
  });
});
