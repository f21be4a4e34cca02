// What may import what under src/. scripts/check-imports.mjs checks these rules, as part of `npm run check`.
// Edit the data here. Every rule has a reason, which is printed when the rule is broken.

const everything = [
  ...["domain", "statistics", "metrics", "processes", "modules", "templates", "redaction", "git", "project"],
  ...[
    "traces",
    "providers",
    "agents",
    "pressure",
    "scorers",
    "postgres",
    "store",
    "fleet",
    "run",
    "labels",
    "baselines",
    "reports",
  ],
  ...["sampling", "interchange", "page"],
];
const operations = [...everything, "operations"];

/**
 * The folders of src/ ("rooms"), in the order in which data passes through them. A room may import itself, the
 * rooms in `imports`, and only types from the rooms in `types`. `index.ts` and `vitest.ts` count as rooms.
 *
 * @type {Record<string, { imports: string[], types?: string[], why: string }>}
 */
export const rooms = {
  domain: { imports: [], why: "Every room uses these types, so they may depend on none." },
  statistics: {
    imports: [],
    why: "It only computes numbers from numbers, so it can be checked against published values.",
  },
  metrics: {
    imports: ["domain", "statistics"],
    why: "The engine, the gate and the reports must count the same trials the same way.",
  },
  processes: {
    imports: [],
    why: "Users' programs are started and ended, and processes are looked up, in only one place.",
  },
  templates: {
    imports: [],
    why: "Every template may do the same, in whatever file it is.",
  },
  redaction: {
    imports: ["domain"],
    why: "Personal data is recognized by the text alone, wherever the text is stored.",
  },
  modules: { imports: ["domain"], why: "Users' modules are loaded in only one way." },
  git: {
    imports: ["domain", "processes"],
    why: "It reads commits and the work tree; project/ knows what the bytes mean.",
  },
  project: {
    imports: ["domain", "git", "modules", "redaction", "templates"],
    why: "A project is one value, which does not depend on what runs, scores or stores it.",
  },
  traces: {
    imports: ["domain"],
    why: "Spans and trajectories become conversations in only one way, whether from a file or a server.",
  },
  providers: {
    imports: ["domain", "processes", "modules", "templates", "traces"],
    why: "A provider reaches a model and knows nothing of files or of the engine.",
  },
  agents: {
    imports: ["domain", "processes", "modules", "providers"],
    why: "A conversation wraps a target's client; it knows neither files nor the engine.",
  },
  pressure: {
    imports: ["domain", "statistics"],
    why: "Variants depend only on the case and a seed, not on a prompt, a model or an answer.",
  },
  scorers: {
    imports: ["domain", "processes", "modules"],
    why: "A score follows from a case and a transcript alone, so it can be recomputed.",
  },
  postgres: {
    imports: ["domain"],
    why: "PostgreSQL is connected and its errors are handled in one way, for a history and for a queue.",
  },
  store: {
    imports: ["domain", "processes", "postgres"],
    why: "The store does not interpret runs: reading them must not need the engine.",
  },
  fleet: {
    imports: ["domain", "postgres"],
    why: "The queue of workers does not interpret trials: it knows neither files nor the engine.",
  },
  run: {
    imports: ["domain", "statistics", "metrics", "project", "providers", "agents", "scorers"],
    types: ["store", "fleet"],
    why: "The engine is given an open store and a stopping rule, so that tests and other stores can replace them.",
  },
  labels: {
    imports: ["domain", "statistics", "processes", "project"],
    why: "Labels and verdicts are only files, so a judge can be calibrated without a model.",
  },
  baselines: {
    imports: ["domain", "statistics", "metrics", "git", "store"],
    why: "A verdict depends only on recorded outcomes, not on how they were produced.",
  },
  reports: {
    imports: ["domain", "statistics", "metrics"],
    why: "A report is made from one value. If it could fetch data, two reports could disagree.",
  },
  sampling: {
    imports: ["domain", "statistics"],
    why: "A sample depends only on numbers and texts, wherever they are stored.",
  },
  interchange: {
    imports: ["domain", "labels", "traces"],
    why: "Other tools' files are converted as texts, wherever they are stored.",
  },
  page: {
    imports: ["domain", "reports"],
    why: "A page shows the values that it is given, with the wording of the other reports, and returns what a person enters.",
  },
  operations: {
    imports: everything,
    why: "The work of commands, for any caller: nothing here parses a command line, prints or sets an exit code.",
  },
  cli: {
    imports: operations,
    why: "A command reads its options, calls an operation and prints its value; nothing may depend on it.",
  },
  library: {
    imports: operations,
    why: "One function per command: options → operation → document. It does not change the process that calls it.",
  },
  "index.ts": {
    imports: [...operations, "library"],
    why: "The public API may export from every room except the command line.",
  },
  "vitest.ts": {
    imports: ["library"],
    why: "The matcher for vitest is made only from the library.",
  },
};

/**
 * Files that only the files in `in` may import.
 *
 * @type {{ file: string, in: string[], why: string }[]}
 */
export const doors = [
  {
    file: "src/store/open-store.ts",
    in: ["src/operations/project/stored-history.ts"],
    why: "Where a project's history is kept is decided in one place, so that another store can be opened there.",
  },
];

/**
 * Where each package and guarded Node module may be imported. A path ending in "/" is a folder; `not` takes
 * places away from `in`. A package that no rule names may be imported nowhere.
 *
 * @type {{ packages: string[], in?: string[], not?: string[], why: string }[]}
 */
export const homes = [
  { packages: ["zod"], why: "Every shape that crosses a boundary is a zod schema." },
  {
    packages: ["openai", "@anthropic-ai/sdk", "undici"],
    in: ["src/providers/"],
    why: "Only providers know how a model is reached, so an SDK can be replaced in one folder.",
  },
  {
    packages: ["better-sqlite3", "node:sqlite"],
    in: ["src/store/sqlite/"],
    why: "SQL is only behind the store's interface, so that another database is one new folder.",
  },
  {
    packages: ["pg"],
    in: ["src/fleet/postgres/", "src/store/postgres/"],
    why: "Most users have no PostgreSQL, so its driver is loaded only where it is used.",
  },
  {
    packages: ["pg-boss"],
    in: ["src/fleet/postgres/"],
    why: "Only the queue of workers has jobs.",
  },
  {
    packages: ["chalk", "cli-table3"],
    in: ["src/reports/terminal/", "src/cli/"],
    why: "Colours and tables are only for terminals.",
  },
  {
    packages: ["chokidar"],
    in: ["src/operations/watch-files.ts"],
    why: "Only `evals run --watch` watches files.",
  },
  {
    packages: ["string-width", "wrap-ansi"],
    in: ["src/reports/terminal/"],
    why: "The width of a text only matters for terminals.",
  },
  {
    packages: ["preact", "@preact/signals", "@tanstack/virtual-core"],
    in: ["src/page/browser/"],
    why: "They run in a browser; the program itself has no use for them.",
  },
  {
    packages: ["commander", "@commander-js/extra-typings"],
    in: ["src/cli/"],
    why: "Only the command line parses a command line.",
  },
  {
    packages: ["yaml"],
    in: ["src/project/", "src/interchange/", "src/scorers/frame/repository-file.ts"],
    why: "Files are parsed once, with places for errors.",
  },
  {
    packages: ["nunjucks/src/parser.js", "nunjucks"],
    in: ["src/interchange/promptfoo/templates/nunjucks-tree.ts"],
    why: "promptfoo's templates are parsed once, when they are imported; they are never rendered.",
  },
  {
    packages: ["node:http"],
    in: ["src/page/", "src/operations/traffic/trace-receiver.ts", "src/operations/fleet/worker-health.ts"],
    why: "A server on this machine must check host and origin, and a page's server also a token; so there are few of them.",
  },
  {
    packages: ["vitest"],
    in: ["src/vitest.ts"],
    why: "Only users who test with vitest have it, so only the entry for vitest loads it.",
  },
  {
    packages: ["semver"],
    in: ["src/project/", "src/baselines/"],
    why: "Only prompts and the gate use versions.",
  },
  {
    packages: ["@modelcontextprotocol/client"],
    in: ["src/agents/"],
    why: "Only agents use servers of tools, and the package is loaded only when a suite names one.",
  },
  {
    packages: ["liquidjs"],
    in: ["src/templates/"],
    why: "Every template is rendered by the same engine, with the same limits.",
  },
  {
    packages: ["ajv", "ajv-formats"],
    in: ["src/scorers/"],
    why: "Only scorers validate answers.",
  },
  {
    packages: ["re2js"],
    in: ["src/scorers/", "src/domain/linear-pattern.ts"],
    why: "A pattern for a model's text must run in linear time.",
  },
  {
    packages: ["json-p3"],
    in: ["src/domain/json-query.ts"],
    why: "JSONPath reads texts of users and models; its patterns and its time are limited in one place.",
  },
  {
    packages: ["fastest-levenshtein"],
    in: ["src/scorers/", "src/project/", "src/domain/did-you-mean.ts"],
    why: "It is used for scorers of similarity, and to suggest names for typos.",
  },
  {
    packages: ["p-limit"],
    in: ["src/run/", "src/providers/", "src/processes/"],
    why: "Concurrency is decided in few places.",
  },
  {
    packages: ["jiti"],
    in: ["src/modules/"],
    why: "Users' modules are loaded in one way, with one set of errors.",
  },
  {
    packages: ["hyparquet", "hyparquet-compressors", "hyparquet-writer", "fzstd"],
    in: ["src/interchange/"],
    why: "Files of other tools are read and written in one room, and these packages are loaded only for such files.",
  },
  {
    packages: ["node:child_process"],
    in: ["src/git/", "src/processes/", "src/cli/process-io.ts", "src/modules/free-stdout.ts"],
    why: "Users' programs are started and ended in one place. Other programs are only git and the user's browser; free-stdout.ts starts none, and wraps the functions that users' modules call.",
  },
  {
    packages: ["node:fs", "node:fs/promises"],
    not: ["src/domain/", "src/statistics/", "src/reports/", "src/run/plan"],
    why: "This code takes values and returns values, so its tests need no files.",
  },
];

/** Files for tests: they may import everything, and only other files for tests may import them. */
export const testFile = /\.test\.tsx?$|-contract\.ts$|\.fake\.ts$|(^|\/)testing\//;

/** Files in which `import(name)` may have a computed name, to load a user's module. */
export const computedImports = ["src/modules/load-module.ts"];

/**
 * Rooms whose subfolders have an order of their own: for each subfolder, the others that it may import. Files
 * directly in such a room may import all subfolders; the subfolders may import only those of these files that
 * `shared` lists.
 *
 * @type {Record<string, { shared: string[], folders: Record<string, string[]> }>}
 */
export const subRooms = {
  operations: {
    shared: ["environment.ts"],
    folders: {
      project: [],
      options: [],
      running: ["project"],
      sides: ["project", "running"],
      gating: ["project", "running", "sides"],
      pressing: ["project", "running"],
      promoting: ["project", "running", "sides", "gating"],
      judging: ["project", "running"],
      labelling: ["project", "options"],
      sizing: ["project"],
      importing: [],
      exporting: ["project"],
      sampling: ["options"],
      merging: ["project", "running"],
      reporting: [],
      fleet: ["project", "running"],
      checking: ["project", "running", "judging", "labelling"],
      viewing: ["project", "gating", "judging"],
      arms: ["project", "running", "sides", "judging", "traffic"],
      escalating: [],
      drifting: ["project", "sides"],
      "store-care": ["project"],
      traffic: ["project", "running", "gating", "judging", "importing"],
    },
  },
};

/**
 * Maximum number of lines of a room, without tests.
 *
 * @type {Record<string, { lines: number, why: string }>}
 */
export const mostLines = {
  cli: {
    lines: 4000,
    why: "What is neither an option nor output is an operation, which the library can use too.",
  },
};

/** Matches names that say nothing: a helper belongs to a domain, and so to that domain's room. */
export const emptyName = /(^|[/-])(utils?|helpers?)[/.]|\/(common|shared|misc)[/.]/;

/** Rooms whose subfolders other rooms may import from: the reporters, and the subfolders of operations. */
export const openFolders = ["src/reports/", "src/operations/"];
