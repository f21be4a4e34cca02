// Builds the page's application: one script and one style sheet, which are embedded in every page. The tests
// build it too, so they never use an outdated one.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Maximum bytes of a page without its data. */
const MAX_BYTES = 350 * 1024;

/** @type {import("esbuild").BuildOptions} */
export const pageOptions = {
  absWorkingDir: ROOT,
  entryPoints: { page: "src/page/browser/main.tsx" },
  outdir: "dist/page",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
};

/**
 * Writes `dist/page/`.
 *
 * @returns {Promise<string[]>} the source files that are in the bundle, for their licences
 * @throws when the application is too large, or contains text that would end the `<script>` or `<style>` around it
 */
export async function buildPage() {
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({ ...pageOptions, write: false });
  const bytes = outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
  if (bytes > MAX_BYTES) throw new Error(`The page's code has ${bytes} bytes, more than ${MAX_BYTES}.`);
  await mkdir(join(ROOT, "dist/page"), { recursive: true });
  for (const { path, text } of outputFiles) {
    if (/<\/(script|style)|<!--/i.test(text))
      throw new Error(`${path} contains </script, </style or <!--, which would break a page that embeds it.`);
    // Written to another file and renamed, so that a reader never finds a part of the file.
    await writeFile(`${path}.${process.pid}`, text);
    await rename(`${path}.${process.pid}`, path);
  }
  return Object.keys(metafile.inputs);
}

/** Called by vitest before the tests. */
export async function setup() {
  await buildPage();
}
