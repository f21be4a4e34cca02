// Checks src/ against scripts/import-rules.mjs. It reads the syntax tree, so `import()`, re-exports and types
// count too.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import {
  computedImports,
  doors,
  emptyName,
  homes,
  mostLines,
  openFolders,
  rooms,
  subRooms,
  testFile,
} from "./import-rules.mjs";
import { readImports } from "./read-imports.mjs";

const root = process.argv[2] ?? ".";
const problems = [];
const problem = (where, what, why) => problems.push(`${where}\n  ${what}\n  why: ${why}`);
const roomOf = (file) => file.split("/")[1];
const readable = (name) => typeof name === "string";

const files = readdirSync(posix.join(root, "src"), { recursive: true, encoding: "utf8" })
  .map((path) => posix.join("src", path.replaceAll("\\", "/")))
  .filter((path) => /\.tsx?$/.test(path))
  .sort();
for (const file of files) checkName(file);

const shipped = files.filter((file) => !testFile.test(file));
const texts = new Map(shipped.map((file) => [file, readFileSync(posix.join(root, file), "utf8")]));
for (const [room, { lines, why }] of Object.entries(mostLines)) {
  const own = shipped.filter((file) => roomOf(file) === room);
  const count = own.reduce((sum, file) => sum + texts.get(file).split("\n").length - 1, 0);
  if (count > lines) problem(`src/${room}`, `has ${count} lines, more than ${lines}`, why);
}

const imports = new Map(shipped.map((file) => [file, readImports(file, texts.get(file))]));
for (const [file, found] of imports)
  for (const { name, typeOnly } of found) {
    if (!readable(name) && computedImports.includes(file)) continue;
    if (!readable(name)) problem(file, "imports a computed name", "It is unknown what it loads.");
    else if (name.startsWith(".")) checkOwn(file, posix.join(posix.dirname(file), name), typeOnly);
    else checkPackage(file, name);
  }

const fileEdges = [...imports].flatMap(([file, found]) =>
  found
    // Lazy imports do not count: a registry loads its members lazily, and a member may use the registry.
    .filter(({ name, lazy }) => readable(name) && name.startsWith(".") && !lazy)
    .map(({ name }) => [file, posix.join(posix.dirname(file), name)]),
);
const roomEdges = fileEdges.map((edge) => edge.map(roomOf)).filter(([from, to]) => from !== to);
for (const cycle of [...cyclesIn(fileEdges), ...cyclesIn(roomEdges)])
  problem(
    cycle.join(" -> "),
    "is a cycle",
    "Imports follow the data in one direction, so files and rooms must not import each other in a circle.",
  );

for (const one of problems) console.error(one);
console.log(
  problems.length > 0
    ? `${problems.length} broken import rules`
    : `${files.length} files keep the import rules`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

function checkName(file) {
  if (emptyName.test(file))
    problem(
      file,
      "has a name that says nothing",
      "A helper belongs to a domain, and so to that domain's folder.",
    );
  if (posix.basename(file) === "index.ts" && file !== "src/index.ts")
    problem(file, "is an index file", "Import the file itself: an index file hides who needs what.");
  if (!testFile.test(file) && !rooms[roomOf(file)])
    problem(
      file,
      "is in a folder without a rule",
      "Every file belongs to a folder in scripts/import-rules.mjs.",
    );
}

function checkOwn(file, target, typeOnly) {
  const [from, to] = [roomOf(file), roomOf(target)];
  const { imports = [], types = [], why } = rooms[from] ?? {};
  if (!existsSync(posix.join(root, target)))
    problem(
      file,
      `imports ${target}, which does not exist`,
      "A relative import names a file and its extension.",
    );
  if (testFile.test(target)) problem(file, `imports ${target}`, "Code for tests is not part of the package.");
  const door = doors.find((one) => one.file === target);
  if (door !== undefined && !door.in.includes(file)) problem(file, `imports ${target}`, door.why);
  if (from === to) return checkSubRoom(file, target);
  if (!imports.includes(to) && !(typeOnly && types.includes(to)))
    problem(file, `imports ${typeOnly ? "types" : "values"} from ${target}, which ${from} may not`, why);
  if (target.split("/").length > 3 && !openFolders.some((folder) => target.startsWith(folder)))
    problem(
      file,
      `reaches into ${target}`,
      "A subfolder is private to its folder, so that it can be rewritten on its own.",
    );
}

/** Checks an import within a folder whose subfolders have an order of their own. */
function checkSubRoom(file, target) {
  const { shared, folders } = subRooms[roomOf(file)] ?? {};
  if (folders === undefined) return;
  const [from, to] = [file, target].map((path) => (path.split("/").length > 3 ? path.split("/")[2] : null));
  if (from === null || from === to) return;
  const may = to === null ? shared.includes(posix.basename(target)) : folders[from]?.includes(to) === true;
  if (!may)
    problem(
      file,
      `imports ${target}, which ${roomOf(file)}/${from} may not`,
      "The subfolders have an order, so that no two import each other.",
    );
}

function checkPackage(file, name) {
  const module = builtinModules.includes(name) ? `node:${name}` : name;
  const [first, second] = module.split("/");
  const guarded = module.startsWith("node:") ? module : first.startsWith("@") ? `${first}/${second}` : first;
  const home = homes.find(({ packages }) => packages.includes(guarded));
  const inside = (places) => places.some((place) => file.startsWith(place));
  if (home && ((home.in && !inside(home.in)) || inside(home.not ?? [])))
    problem(file, `imports ${guarded}`, home.why);
  if (!home && !guarded.startsWith("node:"))
    problem(
      file,
      `imports ${guarded}, which no rule allows`,
      "The rules for packages are in scripts/import-rules.mjs.",
    );
}

/** The cycles that a depth-first search finds: one for each edge back to a file on the current path. */
function cyclesIn(edges) {
  const [targets, cycles, done, path] = [new Map(), [], new Set(), []];
  for (const [from, to] of edges) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  const walk = (node) => {
    if (path.includes(node)) return cycles.push([...path.slice(path.indexOf(node)), node]);
    if (done.has(node)) return;
    path.push(node);
    for (const next of targets.get(node) ?? []) walk(next);
    done.add(path.pop());
  };
  for (const node of targets.keys()) walk(node);
  return cycles;
}
