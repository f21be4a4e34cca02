// Rewrites schemas/ and docs/configuration.md from the code; the test that pins them does the work.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const { status } = spawnSync("npx", ["vitest", "run", "src/project/json-schemas.test.ts"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  env: { ...process.env, UPDATE_GOLDENS: "1" },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
