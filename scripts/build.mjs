// Builds dist/: three entry points (program, library, matcher for vitest) split into chunks, the page, the version, the public types,
// the licences of what is bundled.
// `--watch` rebuilds the code (not the types) on every change.
import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage, pageOptions } from "./build-page.mjs";
import { thirdPartyNotices } from "./third-party-notices.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const esbuild = await import("esbuild").catch((error) => {
  // `npm install --omit=dev` in a clone runs this too; it must install, not fail.
  if (process.env.npm_lifecycle_event !== "dependencies") throw error;
  console.error("Not built: the development dependencies are absent.");
  process.exit(0);
});

const { version, dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  await readFile("package.json", "utf8"),
);
/**
 * What nearly every start needs, `evals check` of a small project and the beginning of `evals run`: loaded at once, as
 * one file, though the code asks for each with import().
 */
const AT_ONCE = [
  "src/cli/program.ts",
  "src/cli/commands/check.ts",
  "src/run/open-target.ts",
  "src/scorers/deterministic/equals.ts",
  "src/providers/outputs-provider.ts",
];
/**
 * Parts of a run that providers, judges, the history or reports need as well: beside the others, so that who opens one of them
 * does not load all of a run for them.
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
 * What a run loads beside that, a file each, which whoever needs a part of it loads whole: the run itself, the targets that
 * are asked over the network, the history, what a terminal shows.
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
 * The most code that may be loaded at a start, in kB; compiling one takes about 25 microseconds on Node 20. Code that only
 * some starts need is loaded with import() where it is needed.
 */
const MAX_KB = { "evals check": 795, "evals run": 1105 };
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
  // For Node, yaml offers CommonJS alone, which cannot be shaken; this is the same code as modules.
  alias: { yaml: resolve("node_modules/yaml/browser/dist/index.js") },
  define: { EVALS_VERSION: JSON.stringify(version) },
  // Names stay: a stack trace in a bug report must say which function broke.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  // Files of other languages that the program writes: bundled as their text.
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
    throw new Error(`${moved.join(", ")}: nothing that starts asks for it with import().`);
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
  // Type errors are `npm run types`' to report; declarations come out all the same.
  spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"]);
  const { publicTypes } = await import("./public-types.mjs");
  await publicTypes("dist/types", Object.keys({ ...dependencies, ...peerDependencies }));
}

/** The code of threads, one that runs a user's module and one that talks with PostgreSQL: a file each, so that they start soon. */
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

/** Changes to other people's code that only make it start sooner; nothing of what it does is another. */
function startSooner() {
  return {
    name: "start-sooner",
    setup(build) {
      // Node's Headers load Node's own HTTP client, which nothing else here uses.
      build.onLoad(
        { filter: /[\\/]openai[\\/]internal[\\/](headers|utils[\\/]log)\.mjs$/ },
        async ({ path }) => ({
          contents: `import { HeaderList as Headers } from ${JSON.stringify(resolve("src/providers/header-list.ts"))};\n${await readFile(path, "utf8")}`,
          loader: "js",
        }),
      );
      // As a module, node:process reads every property of process, some of which take long to make.
      build.onLoad({ filter: /[\\/]chalk[\\/].+[\\/]supports-color[\\/]index\.js$/ }, async ({ path }) => ({
        contents: replaced(await readFile(path, "utf8"), "import process from 'node:process';", ""),
        loader: "js",
      }));
      // Made at once they take twenty milliseconds, and most texts need neither. Nested copies are of other versions.
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
      // HTTP/2 is off, and loading it takes longer than all the rest of undici.
      build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/ }, async ({ path }) => ({
        contents: replaced(
          await readFile(path, "utf8"),
          "const connectH2 = require('./client-h2.js')",
          "const connectH2 = (...given) => require('./client-h2.js')(...given)",
        ),
        loader: "js",
      }));
    },
  };
}

/** @throws when there is nothing to replace: a new version of the package says it in another way */
function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`Not found in what is bundled: ${from}`);
  return text.replace(from, to);
}

/** A module whose constants are made when they are first used. */
function onFirstUse(text, names) {
  return names.reduce((code, name) => {
    const value = new RegExp(`^const ${name} = (.+);$`, "m").exec(code);
    if (value === null) throw new Error(`Not found in what is bundled: const ${name}`);
    const used = code.replace(value[0], "").replaceAll(new RegExp(`\\b${name}\\b`, "g"), `${name}()`);
    return `${used}\nlet made_${name};\nfunction ${name}() { return (made_${name} ??= ${value[1]}); }`;
  }, text);
}

/** What a module loads when it is loaded, as far as anything of it is in the build. */
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

/** @throws when a start would load more code than it may, with the largest modules of our own in it */
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
      `\`${command}\` loads ${kb} kB at its start, of ${MAX_KB[command]} that it may: ask with import() for what only some need.\n${largest.join("\n")}`,
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

/** Our own modules that are files of their own: those of `entryPoints` and those asked for with import(). */
function entryPoints({ outputs }) {
  return Object.values(outputs).flatMap(({ entryPoint }) =>
    entryPoint?.startsWith("src/") ? [entryPoint] : [],
  );
}

/**
 * Every file costs a start half a millisecond and more. So `modules` are imported where they are asked for; and since
 * splitting puts two modules together only where the same entry points load both, every entry point, `by`, is made to
 * load all of `together`. One that is asked for with import() does so through a module of its own around it: loaded by
 * itself, it would be in the way of modules that need it.
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

/** After the build, not before it: whoever runs the program meanwhile finds it whole. */
async function removeStale(fresh) {
  const chunks = await readdir("dist/chunks").catch(() => []);
  const stale = chunks.map((name) => `dist/chunks/${name}`).filter((path) => !fresh.has(path));
  await Promise.all(stale.map((path) => rm(path)));
}

async function writeVersion() {
  await writeFile("dist/version.js", `export const version = ${JSON.stringify(version)};\n`);
}
