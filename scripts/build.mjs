// Builds dist/: two entry points split into chunks, the version, the public types, the licences of what is bundled.
// `--watch` rebuilds the code (not the types) on every change.
import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { thirdPartyNotices } from "./third-party-notices.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const esbuild = await import("esbuild").catch((error) => {
  // `npm install --omit=dev` in a clone runs `prepare` too; it must install, not fail.
  if (process.env.npm_lifecycle_event !== "prepare") throw error;
  console.error("Not built: the development dependencies are absent.");
  process.exit(0);
});

const { version, dependencies } = JSON.parse(await readFile("package.json", "utf8"));
/** What nearly every start needs: `evals check` of a small project, and the beginning of `evals run`. */
const TOGETHER = [
  "src/cli/main.ts",
  "src/cli/program.ts",
  "src/cli/commands/check.ts",
  "src/run/open-target.ts",
  "src/run/plan.ts",
  "src/scorers/deterministic/equals.ts",
  "src/providers/outputs-provider.ts",
];
/** @type {import("esbuild").BuildOptions} */
const options = {
  entryPoints: { main: "src/cli/main.ts", index: "src/index.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  external: Object.keys(dependencies),
  define: { EVALS_VERSION: JSON.stringify(version) },
  // Names stay: a stack trace in a bug report must say which function broke.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  // CommonJS packages in the bundle call require() for Node's own modules.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await writeVersion();
  await (await esbuild.context({ ...options, logLevel: "info" })).watch();
} else {
  const first = await esbuild.build({ ...options, write: false });
  const { metafile } = await esbuild.build({ ...options, plugins: [oneChunk(first.metafile, TOGETHER)] });
  await writeVersion();
  await removeStale(new Set(Object.keys(metafile.outputs)));
  await writeFile("dist/THIRD_PARTY_NOTICES.txt", await thirdPartyNotices(Object.keys(metafile.inputs)));
  // Type errors are `npm run types`' to report; declarations come out all the same.
  spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"]);
  const { publicTypes } = await import("./public-types.mjs");
  await publicTypes("dist/types", Object.keys(dependencies));
}

/**
 * Puts all that some modules load into one chunk, for splitting puts two modules together only where the same entry
 * points load both: with a file for each scorer and provider that makes dozens of chunks of a few hundred bytes, and
 * every file costs half a millisecond of start-up. So every entry point is made to load all of these.
 */
function oneChunk({ outputs }, modules) {
  const byEntry = new Map(Object.entries(outputs).map(([path, { entryPoint }]) => [entryPoint, path]));
  const loaded = new Set();
  const follow = (path) => {
    if (loaded.has(path) || outputs[path] === undefined) return;
    loaded.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") follow(next);
  };
  for (const module of modules) {
    if (!byEntry.has(module)) throw new Error(`${module} is not loaded with import(): name one that is.`);
    follow(byEntry.get(module));
  }
  const together = [...loaded].flatMap((path) => Object.keys(outputs[path].inputs));
  const entries = new Set([...byEntry.keys()].filter((path) => path?.startsWith("src/")));
  return {
    name: "one-chunk",
    setup(build) {
      build.onResolve({ filter: /^together:/ }, ({ path }) => ({
        path: resolve(path.slice("together:".length)),
        sideEffects: true,
      }));
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!entries.has(relative("", path))) return null;
        const imports = together.map((input) => `import ${JSON.stringify(`together:${input}`)};`);
        return { contents: `${await readFile(path, "utf8")}\n${imports.join("\n")}`, loader: "ts" };
      });
    },
  };
}

/** After the build, not before it: whoever runs the program meanwhile finds it whole. */
async function removeStale(fresh) {
  const chunks = await readdir("dist/chunks").catch(() => []);
  const stale = chunks.map((name) => `dist/chunks/${name}`).filter((path) => !fresh.has(path));
  await Promise.all(stale.map((path) => rm(path)));
}

async function writeVersion() {
  await writeFile("dist/version.js", `export const version = ${JSON.stringify(version)};\n`);
}
