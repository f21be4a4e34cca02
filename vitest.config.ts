import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

/** `live` (paid, real providers) or `real` (slow, real parts): these suites run only when asked for. */
const kind = process.env.TEST_KIND;

export default defineConfig({
  // The build injects the same constant.
  plugins: [
    {
      // As the build does it: a file of another language is its text.
      name: "text-files",
      enforce: "pre",
      load: (id) =>
        id.endsWith(".txt") ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}` : undefined,
    },
  ],
  define: { EVALS_VERSION: JSON.stringify(version) },
  test: {
    include: kind ? [`src/**/*.${kind}.test.ts`] : ["src/**/*.test.{ts,tsx}"],
    exclude: kind
      ? configDefaults.exclude
      : [...configDefaults.exclude, "**/*.live.test.ts", "**/*.real.test.ts"],
    // Forks, not threads: better-sqlite3 is a native addon and the e2e tests change directory.
    pool: "forks",
    // Vitest leaves one core free. The tests that start the program mostly wait for it, so every core is used here.
    maxWorkers: availableParallelism(),
    globalSetup: ["scripts/build-page.mjs", ...(kind === "real" ? ["scripts/start-chromium.mjs"] : [])],
    setupFiles: ["scripts/stop-stuck-test.mjs"],
    // They only end what hangs. On a fresh or busy machine a program takes many times as long to start, real parts (a browser) minutes.
    testTimeout: kind ? 300_000 : 120_000,
    hookTimeout: kind ? 300_000 : 120_000,
    expect: { poll: { timeout: kind ? 60_000 : 10_000 } },
  },
});
