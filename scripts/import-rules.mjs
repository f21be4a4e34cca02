// What may import what under src/. scripts/check-imports.mjs holds the tree to it, as part of `npm run check`.
// Edit the data here; every rule says why it is there, and the reason is printed when it is broken.

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
 * The rooms of src/, in the order data walks through them. A room may import itself, the rooms it names, and
 * only types from the rooms under `types`. `index.ts` counts as the last room.
 *
 * @type {Record<string, { imports: string[], types?: string[], why: string }>}
 */
export const rooms = {
  domain: { imports: [], why: "The words of the trade are everyone's, so they may lean on nobody." },
  statistics: {
    imports: [],
    why: "Numbers in, numbers out: checked against published values, free of our words.",
  },
  metrics: {
    imports: ["domain", "statistics"],
    why: "The engine, the gate and the reports must count the same trials the same way.",
  },
  processes: {
    imports: [],
    why: "How a user's program is started and ended, and whether a process still lives, is answered in one way.",
  },
  templates: {
    imports: [],
    why: "What a template may do is the same, wherever it stands and whoever wrote it.",
  },
  redaction: {
    imports: ["domain"],
    why: "What personal data looks like is decided by a text alone, whoever is about to keep it.",
  },
  modules: { imports: ["domain"], why: "Loading a user's module is the same act, whoever names it." },
  git: {
    imports: ["domain", "processes"],
    why: "It reads commits and the work tree; what the bytes mean is for project/.",
  },
  project: {
    imports: ["domain", "git", "modules", "redaction", "templates"],
    why: "What the user committed is one value, whatever later runs it, scores it or stores it.",
  },
  traces: {
    imports: ["domain"],
    why: "Spans and trajectories of any producer become a conversation in one way, whether a file holds them or a server.",
  },
  providers: {
    imports: ["domain", "processes", "modules", "templates", "traces"],
    why: "A provider reaches a model and knows nothing of files or of the engine.",
  },
  agents: {
    imports: ["domain", "processes", "modules", "providers"],
    why: "A conversation is a client around a target's client: it knows neither files nor the engine.",
  },
  pressure: {
    imports: ["domain", "statistics"],
    why: "What a case is asked under pressure follows from the case and a seed: no prompt, model or answer has a part in it.",
  },
  scorers: {
    imports: ["domain", "processes", "modules"],
    why: "A score follows from a case and a transcript alone, so it can be recomputed.",
  },
  postgres: {
    imports: ["domain"],
    why: "What can be wrong with a PostgreSQL, and what may pass, is the same whether a history is there or a queue.",
  },
  store: {
    imports: ["domain", "processes", "postgres"],
    why: "History is kept, not interpreted: reading it back must not need the engine.",
  },
  fleet: {
    imports: ["domain", "postgres"],
    why: "What machines share of a run is kept and handed out, not interpreted: it knows neither files nor the engine.",
  },
  run: {
    imports: ["domain", "statistics", "metrics", "project", "providers", "agents", "scorers"],
    types: ["store", "fleet"],
    why: "The engine is handed an open store and a stopping rule, so that tests and other stores can stand in.",
  },
  labels: {
    imports: ["domain", "statistics", "processes", "project"],
    why: "What people and a judge said of answers is files alone: a judge can be calibrated without a model.",
  },
  baselines: {
    imports: ["domain", "statistics", "metrics", "git", "store"],
    why: "A verdict rests on recorded outcomes alone, never on how they were produced.",
  },
  reports: {
    imports: ["domain", "statistics", "metrics"],
    why: "One report value in, text out: a report that could fetch could also disagree with another.",
  },
  sampling: {
    imports: ["domain", "statistics"],
    why: "What is drawn, and with which chance, follows from numbers and texts alone, wherever they were kept.",
  },
  interchange: {
    imports: ["domain", "labels", "traces"],
    why: "Other tools' files become our values and back: text in, text out, wherever the text is kept.",
  },
  page: {
    imports: ["domain", "reports"],
    why: "A page shows values that it is handed, in the words of the other reports, and hands back what a person says.",
  },
  operations: {
    imports: everything,
    why: "What the commands do, for any caller: nothing here parses a command line, prints or sets an exit code.",
  },
  cli: {
    imports: operations,
    why: "A command reads its options, calls an operation and prints its value; nothing may depend on it.",
  },
  library: {
    imports: operations,
    why: "One function a command: options → operation → document. It leaves the process that it is called in as it was.",
  },
  "index.ts": {
    imports: [...operations, "library"],
    why: "The public API offers the rooms, and never the command line.",
  },
  "vitest.ts": {
    imports: ["library"],
    why: "What is handed to another test runner is made of the library alone.",
  },
};

/**
 * Files that only some others may import.
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
 * Where each package and guarded Node module may be imported. A path ending in "/" is a folder; `not` takes places
 * away from `in`. A package that no rule names may be imported nowhere.
 *
 * @type {{ packages: string[], in?: string[], not?: string[], why: string }[]}
 */
export const homes = [
  { packages: ["zod"], why: "Every shape that crosses a boundary is a zod schema." },
  {
    packages: ["openai", "@anthropic-ai/sdk", "undici"],
    in: ["src/providers/"],
    why: "How a model is reached is the providers' secret, so an SDK can be replaced in one folder.",
  },
  {
    packages: ["better-sqlite3", "node:sqlite"],
    in: ["src/store/sqlite/"],
    why: "SQL lives behind the store's port, so another database is one new folder.",
  },
  {
    packages: ["pg"],
    in: ["src/fleet/postgres/", "src/store/postgres/"],
    why: "Only who works with others has a PostgreSQL: its driver is loaded there, and nowhere else.",
  },
  {
    packages: ["pg-boss"],
    in: ["src/fleet/postgres/"],
    why: "Jobs are the fleet's alone.",
  },
  {
    packages: ["chalk", "cli-table3"],
    in: ["src/reports/terminal/", "src/cli/"],
    why: "Colour and tables belong where a terminal is written.",
  },
  {
    packages: ["chokidar"],
    in: ["src/operations/watch-files.ts"],
    why: "Only what runs again after each change watches files.",
  },
  {
    packages: ["string-width", "wrap-ansi"],
    in: ["src/reports/terminal/"],
    why: "How wide a text is, and where a line breaks, matters where a terminal is written.",
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
    why: "promptfoo's templates are read by their own syntax tree, once, when they are brought over; none is ever run.",
  },
  {
    packages: ["node:http"],
    in: ["src/page/", "src/operations/traffic/trace-receiver.ts", "src/operations/fleet/worker-health.ts"],
    why: "What listens on this machine checks host and origin, and a page's server a token, in one place each.",
  },
  {
    packages: ["vitest"],
    in: ["src/vitest.ts"],
    why: "Only who tests with vitest has it: it is loaded by the entry that asks for it, and by nothing else.",
  },
  {
    packages: ["semver"],
    in: ["src/project/", "src/baselines/"],
    why: "Versions are the prompts' and the gate's.",
  },
  {
    packages: ["@modelcontextprotocol/client"],
    in: ["src/agents/"],
    why: "Servers of tools are reached by agents alone, and the package is loaded where a suite names one.",
  },
  {
    packages: ["liquidjs"],
    in: ["src/templates/"],
    why: "Every template is rendered by one engine, with the same bounds.",
  },
  {
    packages: ["ajv", "ajv-formats"],
    in: ["src/scorers/"],
    why: "How an answer is judged is the scorers' business.",
  },
  {
    packages: ["re2js"],
    in: ["src/scorers/", "src/domain/linear-pattern.ts"],
    why: "A pattern that runs on what a model wrote takes linear time.",
  },
  {
    packages: ["json-p3"],
    in: ["src/domain/json-query.ts"],
    why: "JSONPath picks from what users and models wrote; its patterns and its time are bounded in one place.",
  },
  {
    packages: ["fastest-levenshtein"],
    in: ["src/scorers/", "src/project/", "src/domain/did-you-mean.ts"],
    why: "It scores nearness of texts and finds the name a typo meant.",
  },
  {
    packages: ["p-limit"],
    in: ["src/run/", "src/providers/", "src/processes/"],
    why: "How much is in flight is decided in one place.",
  },
  {
    packages: ["jiti"],
    in: ["src/modules/"],
    why: "Users' modules are loaded in one way, with one set of errors.",
  },
  {
    packages: ["hyparquet", "hyparquet-compressors", "hyparquet-writer", "fzstd"],
    in: ["src/interchange/"],
    why: "Files of other tools are read and written in one room, and only when such a file is there.",
  },
  {
    packages: ["node:child_process"],
    in: ["src/git/", "src/processes/", "src/cli/process-io.ts"],
    why: "Users' programs are started, and ended with all they start, in one place; beside them only git and the person's browser.",
  },
  {
    packages: ["node:fs", "node:fs/promises"],
    not: ["src/domain/", "src/statistics/", "src/reports/", "src/run/plan"],
    why: "Deciding code takes values and returns values, so its tests need no disk.",
  },
];

/** Files that serve tests: free in what they import, and imported only by one another. */
export const testFile = /\.test\.tsx?$|-contract\.ts$|\.fake\.ts$|(^|\/)testing\//;

/** Where `import(name)` may load what only the running program knows: a user's module. */
export const computedImports = ["src/modules/load-module.ts"];

/**
 * Rooms whose folders have an order of their own: each names the folders that it may import. A file directly in such a room may
 * import all of them, and they import of it only what `shared` names.
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

/** Names that say nothing: a helper has a domain, and that is its room. */
export const emptyName = /(^|[/-])(utils?|helpers?)[/.]|\/(common|shared|misc)[/.]/;

/** Folders whose own folders are open: reporters, named by what they write, and the sub-rooms of operations. */
export const openFolders = ["src/reports/", "src/operations/"];
