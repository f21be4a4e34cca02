import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const golden = fileURLToPath(new URL("expected/public-api.txt", import.meta.url));
const script = (name: string) => import(/* @vite-ignore */ `${root}scripts/${name}`);

it("is the reviewed public API: a change to it is a change for everyone who imports git-evals", {
  timeout: 180_000,
}, async () => {
  const { publicApi } = await script("public-api.mjs");
  const { ENTRIES } = await script("public-types.mjs");
  const folder = mkdtempSync(join(tmpdir(), "evals-types-"));
  try {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.types.json"), "--outDir", folder]);
    const api: string = await publicApi(folder, ENTRIES);
    if (process.env.UPDATE_GOLDENS === "1") writeFileSync(golden, api);
    expect(api).toBe(readFileSync(golden, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
