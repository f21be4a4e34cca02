// Builds dist/: three entry points (program, library, matcher for vitest) split into chunks, the page, the version,
// the public types, the licences of what is bundled. `--watch` rebuilds the code (not the types) on every change.
import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage, pageOptions } from "./build-page.mjs";
import { thirdPartyNotices } from "./third-party-notices.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const esbuild = await import("esbuild").catch((error) => {
  // `npm install --omit=dev` in a clone runs this script too, and must not fail.
  if (process.env.npm_lifecycle_event !== "dependencies") throw error;
  console.error("Not built: the development dependencies are absent.");
  process.exit(0);
});

const { version, dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  await readFile("package.json", "utf8"),
);
/**
 * Modules that nearly every start needs: `evals check` of a small project, and the beginning of `evals run`.
 * They are in one file and loaded at once, although the code loads each with import().
 */
const AT_ONCE = [
  "src/cli/program.ts",
  "src/cli/commands/check.ts",
  "src/run/open-target.ts",
  "src/scorers/deterministic/equals.ts",
  "src/providers/outputs-provider.ts",
  "src/providers/misspelt-members.ts",
];
/**
 * Modules of a run that providers, judges, the history or reports need too. They are in the file of `AT_ONCE`, so
 * that a command that needs one of them does not load all modules of a run.
 */
const BESIDE = [
  "src/providers/chat-settings.ts",
  "src/providers/environment-values.ts",
  "src/providers/timed-client.ts",
  "src/providers/recording-line.ts",
  "src/domain/judge.ts",
  "src/domain/run.ts",
  "src/domain/item-at.ts",
  "src/domain/pages.ts",
  "src/domain/way-counts.ts",
  "src/domain/gate-rule.ts",
  "src/domain/verdict.ts",
  "src/domain/recorded-provider.ts",
  "src/store/reads.ts",
  "src/processes/process-mark.ts",
  "src/reports/headline.ts",
];
/**
 * Further modules that a run loads, one file for each list: the run itself, the targets that are asked over the
 * network, the history, and the terminal reports. Needing one module of a list loads all of that list.
 */
const OF_A_RUN = [
  ["src/cli/commands/run.ts"],
  [
    "src/providers/openai-provider.ts",
    "src/providers/anthropic-provider.ts",
    "src/providers/http-provider.ts",
    "src/providers/pooled-fetch.ts",
  ],
  ["src/store/sqlite/sqlite-store.ts"],
  ["src/reports/terminal/whole-runs.ts"],
];
/**
 * Maximum code that a command may load at its start, in kB; compiling 1 kB takes about 25 microseconds on Node
 * 20. Code that only some starts need must be loaded with import().
 */
const MAX_KB = { "evals check": 685, "evals run": 975 };
/** @type {import("esbuild").BuildOptions} */
const options = {
  entryPoints: { main: "src/cli/main.ts", index: "src/index.ts", vitest: "src/vitest.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  external: Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
  // For Node, yaml only has CommonJS, from which unused code cannot be removed. This is the same code as
  // modules.
  alias: { yaml: resolve("node_modules/yaml/browser/dist/index.js") },
  define: { EVALS_VERSION: JSON.stringify(version) },
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  // Files in other languages that the program writes are bundled as text.
  loader: { ".txt": "text" },
  // CommonJS packages in the bundle call require() for Node's own modules.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await buildThread();
  await writeVersion();
  await (await esbuild.context({ ...pageOptions, logLevel: "info" })).watch();
  await (await esbuild.context({ ...options, logLevel: "info" })).watch();
} else {
  const first = await esbuild.build({
    ...options,
    plugins: [startSooner(), importedStatically(AT_ONCE)],
    write: false,
  });
  const together = [
    ...new Set(["src/cli/main.ts", ...BESIDE].flatMap((path) => loadedBy(path, first.metafile))),
  ];
  const moved = AT_ONCE.filter((path) => !together.includes(path));
  if (moved.length > 0)
    throw new Error(
      `AT_ONCE names ${moved.join(", ")}, but no module that is loaded at the start loads it with import().`,
    );
  const entries = entryPoints(first.metafile);
  const groups = [{ together, by: entries }];
  for (const of of OF_A_RUN) {
    const grouped = groups.flatMap((one) => one.together);
    const more = [...new Set(of.flatMap((path) => loadedBy(path, first.metafile)))].filter(
      (path) => !grouped.includes(path),
    );
    const by = entries.filter((path) => loadedBy(path, first.metafile).some((one) => more.includes(one)));
    groups.push({ together: more, by });
  }
  const { metafile } = await esbuild.build({
    ...options,
    plugins: [startSooner(), importedStatically(AT_ONCE, groups)],
  });
  const locale = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.keys(inputs))
    .find((path) => /zod\/v4\/locales\/(?!index|en\.)/.test(path));
  if (locale !== undefined)
    throw new Error(
      `${locale} is in the build: write \`import * as z from "zod"\`, which leaves out what is not used.`,
    );
  heldToBudget(metafile);
  await buildThread();
  const pageInputs = await buildPage();
  await writeVersion();
  await removeStale(new Set(Object.keys(metafile.outputs)));
  await writeFile(
    "dist/THIRD_PARTY_NOTICES.txt",
    await thirdPartyNotices([...Object.keys(metafile.inputs), ...pageInputs]),
  );
  // Type errors are reported by `npm run types`; declarations are written in spite of them.
  spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"]);
  const { publicTypes } = await import("./public-types.mjs");
  await publicTypes("dist/types", Object.keys({ ...dependencies, ...peerDependencies }));
}

/**
 * Builds the code of threads (one runs a user's module, one talks to PostgreSQL), each as one file, so that
 * threads start fast.
 */
async function buildThread() {
  await esbuild.build({
    ...options,
    entryPoints: {
      "thread-entry": "src/modules/thread-entry.ts",
      "history-thread": "src/store/postgres/thread-entry.ts",
    },
    splitting: false,
    metafile: false,
  });
}

/** An esbuild plugin that changes bundled packages so that they load faster. Their behaviour stays the same. */
function startSooner() {
  return {
    name: "start-sooner",
    setup(build) {
      // Node's Headers would load Node's own HTTP client, which nothing else in the program uses.
      build.onLoad({ filter: /[\\/]openai[\\/]internal[\\/]headers\.mjs$/ }, async ({ path }) => ({
        contents: `import { HeaderList as Headers } from ${JSON.stringify(resolve("src/providers/header-list.ts"))};\n${await readFile(path, "utf8")}`,
        loader: "js",
      }));
      // Both SDKs word each request for a log, also when the log is off, as it always is here.
      build.onLoad(
        { filter: /[\\/](openai|@anthropic-ai[\\/]sdk)[\\/]internal[\\/]utils[\\/]log\.mjs$/ },
        async ({ path }) => ({
          contents: replaced(
            await readFile(path, "utf8"),
            /export const formatRequestDetails = [\s\S]+?\n\};/,
            "export const formatRequestDetails = (details) => details;",
          ),
          loader: "js",
        }),
      );
      // Importing node:process as a module reads every property of process, and some are slow to create.
      build.onLoad({ filter: /[\\/]chalk[\\/].+[\\/]supports-color[\\/]index\.js$/ }, async ({ path }) => ({
        contents: replaced(await readFile(path, "utf8"), "import process from 'node:process';", ""),
        loader: "js",
      }));
      // These constants take 20 ms to create, and most texts need none of them. A copy of the package in another
      // package's node_modules is another version, and is left as it is.
      for (const [name, constants] of [
        ["string-width", ["segmenter", "rgiEmojiRegex"]],
        ["wrap-ansi", ["segmenter"]],
      ]) {
        const own = resolve(`node_modules/${name}/index.js`);
        build.onLoad({ filter: new RegExp(`[\\\\/]${name}[\\\\/]index\\.js$`) }, async ({ path }) =>
          path === own
            ? { contents: onFirstUse(await readFile(path, "utf8"), constants), loader: "js" }
            : undefined,
        );
      }
      // HTTP/2 is not used, and loading it takes longer than the rest of undici.
      build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/ }, async ({ path }) => ({
        contents: await shortNames(
          replaced(
            await readFile(path, "utf8"),
            "const connectH2 = require('./client-h2.js')",
            "const connectH2 = (...given) => require('./client-h2.js')(...given)",
          ),
        ),
        loader: "js",
      }));
      build.onLoad({ filter: /[\\/]node_modules[\\/].+\.m?js$/ }, async ({ path }) => ({
        contents: await shortNames(await readFile(path, "utf8")),
        loader: "js",
      }));
    },
  };
}

/**
 * Shortens the names in the source of a package, which makes its code about a quarter smaller. The names of our own
 * code stay, because a stack trace in a bug report must name the function that failed.
 */
async function shortNames(source) {
  return (await esbuild.transform(source, { loader: "js", minifyIdentifiers: true, target: "node20" })).code;
}

/** Replaces a text in the source of a package. @throws when a new version of the package does not contain it */
function replaced(text, from, to) {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`The bundled package no longer contains: ${from}`);
  return changed;
}

/** Changes a module so that these constants are created when they are first used. */
function onFirstUse(text, names) {
  return names.reduce((code, name) => {
    const value = new RegExp(`^const ${name} = (.+);$`, "m").exec(code);
    if (value === null) throw new Error(`The bundled package no longer contains: const ${name}`);
    const used = code.replace(value[0], "").replaceAll(new RegExp(`\\b${name}\\b`, "g"), `${name}()`);
    return `${used}\nlet made_${name};\nfunction ${name}() { return (made_${name} ??= ${value[1]}); }`;
  }, text);
}

/** The modules that a module loads statically, as far as they are in the build. */
function loadedBy(entry, { inputs, outputs }) {
  const built = new Set(Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  const loaded = new Set();
  const follow = (path) => {
    if (loaded.has(path) || inputs[path] === undefined) return;
    loaded.add(path);
    for (const next of inputs[path].imports) if (next.kind !== "dynamic-import") follow(next.path);
  };
  follow(entry);
  return [...loaded].filter((path) => built.has(path));
}

/** @throws when a start would load more than its `MAX_KB`; the error lists the largest own modules */
function heldToBudget({ outputs }) {
  const main = "dist/main.js";
  const run = Object.keys(outputs).find((path) => outputs[path].entryPoint?.endsWith(OF_A_RUN[0][0]));
  for (const [command, starts] of [
    ["evals check", [main]],
    ["evals run", [main, run]],
  ]) {
    const files = filesLoadedBy(starts, outputs);
    const kb = Math.round(files.reduce((sum, path) => sum + outputs[path].bytes, 0) / 1000);
    if (kb <= MAX_KB[command]) continue;
    const largest = files
      .flatMap((path) => Object.entries(outputs[path].inputs))
      .filter(([path]) => path.startsWith("src/"))
      .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
      .slice(0, 40)
      .map(([path, { bytesInOutput }]) => `  ${bytesInOutput} ${path}`);
    throw new Error(
      `\`${command}\` loads ${kb} kB at its start, and the limit is ${MAX_KB[command]} kB: load with import() what only some starts need. The largest modules, in bytes:\n${largest.join("\n")}`,
    );
  }
}

function filesLoadedBy(starts, outputs) {
  const loaded = new Set();
  const follow = (path) => {
    if (loaded.has(path) || outputs[path] === undefined) return;
    loaded.add(path);
    for (const next of outputs[path].imports) if (next.kind !== "dynamic-import") follow(next.path);
  };
  starts.forEach(follow);
  return [...loaded];
}

/** Own modules that are entry points of the build: those of `entryPoints`, and those loaded with import(). */
function entryPoints({ outputs }) {
  return Object.values(outputs).flatMap(({ entryPoint }) =>
    entryPoint?.startsWith("src/") ? [entryPoint] : [],
  );
}

/**
 * An esbuild plugin that reduces the number of files, because each file costs a start at least half a
 * millisecond. It turns import() of `modules` into static imports. It also makes every entry point in a group's `by`
 * load all modules of that group's `together`, because esbuild puts two modules into one file only when the same
 * entry points load both. For an entry point that is loaded with import(), a wrapper module loads them, because the
 * entry point itself is also imported by other modules.
 */
function importedStatically(modules, groups = []) {
  const inProject = (path) => relative("", path).replaceAll("\\", "/");
  const loadedWith = (path) =>
    groups
      .filter(({ by }) => by.includes(path))
      .flatMap(({ together }) => together)
      .map((one) => `import ${JSON.stringify(`together:${one}`)};`);
  return {
    name: "imported-statically",
    setup(build) {
      build.onResolve({ filter: /^together:/ }, ({ path }) => ({
        path: resolve(path.slice("together:".length)),
        sideEffects: true,
      }));
      build.onResolve({ filter: /^\..*\.ts$/ }, ({ path, kind, resolveDir, namespace }) => {
        const asked = resolve(resolveDir, path);
        if (kind !== "dynamic-import" || loadedWith(inProject(asked)).length === 0) return undefined;
        return namespace === "file" ? { path: asked, namespace: "around" } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: "around" }, ({ path }) => ({
        contents: [`export * from ${JSON.stringify(path)};`, ...loadedWith(inProject(path))].join("\n"),
        resolveDir: dirname(path),
      }));
      build.onLoad({ filter: /\.ts$/, namespace: "file" }, async ({ path }) => {
        const imports = Object.values(build.initialOptions.entryPoints).includes(inProject(path))
          ? loadedWith(inProject(path))
          : [];
        const source = await readFile(path, "utf8");
        const code = source.replace(/\bimport\("(\.[^"]+)"\)/g, (asked, to) => {
          if (!modules.includes(inProject(resolve(dirname(path), to)))) return asked;
          const name = `imported${imports.length}`;
          imports.push(`import * as ${name} from ${JSON.stringify(to)};`);
          return `Promise.resolve(${name})`;
        });
        return { contents: [code, ...imports].join("\n"), loader: "ts" };
      });
    },
  };
}

/** Deletes the chunks of earlier builds. Called after the build, so that the program can be run during it. */
async function removeStale(fresh) {
  const chunks = await readdir("dist/chunks").catch(() => []);
  const stale = chunks.map((name) => `dist/chunks/${name}`).filter((path) => !fresh.has(path));
  await Promise.all(stale.map((path) => rm(path)));
}

async function writeVersion() {
  await writeFile("dist/version.js", `export const version = ${JSON.stringify(version)};\n`);
}
