import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./measure.mjs";

/** Bundles and imports source modules to measure them, because the built program does not export them. */
export async function load(modules) {
  const { build } = await import("esbuild");
  const folder = mkdtempSync(join(tmpdir(), "evals-bench-"));
  try {
    const outfile = join(folder, "modules.mjs");
    const contents = modules.map((path) => `export * from ${JSON.stringify(join(ROOT, path))};`).join("\n");
    await build({
      stdin: { contents, resolveDir: ROOT },
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      logLevel: "error",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
