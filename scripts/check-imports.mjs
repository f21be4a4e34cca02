// Holds src/ to scripts/import-rules.mjs. Reads the syntax tree, so `import()`, re-exports and types count.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";
import {
  computedImports,
  doors,
  emptyName,
  homes,
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
const imports = new Map(
  shipped.map((file) => [file, readImports(file, readFileSync(posix.join(root, file), "utf8"))]),
);
for (const [file, found] of imports)
  for (const { name, typeOnly } of found) {
    if (!readable(name) && computedImports.includes(file)) continue;
    if (!readable(name)) problem(file, "imports a computed name", "Nobody can say what it loads.");
    else if (name.startsWith(".")) checkOwn(file, posix.join(posix.dirname(file), name), typeOnly);
    else checkPackage(file, name);
  }

const fileEdges = [...imports].flatMap(([file, found]) =>
  found
    // A registry names its members lazily, and a member made of others asks the registry: that is no knot.
    .filter(({ name, lazy }) => readable(name) && name.startsWith(".") && !lazy)
    .map(({ name }) => [file, posix.join(posix.dirname(file), name)]),
);
const roomEdges = fileEdges.map((edge) => edge.map(roomOf)).filter(([from, to]) => from !== to);
for (const cycle of [...cyclesIn(fileEdges), ...cyclesIn(roomEdges)])
  problem(cycle.join(" -> "), "is a cycle", "Imports follow the data, never back.");

for (const text of problems) console.error(text);
console.log(
  problems.length > 0
    ? `${problems.length} broken import rules`
    : `${files.length} files keep the import rules`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

function checkName(file) {
  if (emptyName.test(file))
    problem(file, "says nothing by its name", "A helper has a domain, and that is its room.");
  if (posix.basename(file) === "index.ts" && file !== "src/index.ts")
    problem(
      file,
      "is an index file",
      "Files directly in a room are for others; a barrel hides who needs what.",
    );
  if (!testFile.test(file) && !rooms[roomOf(file)])
    problem(
      file,
      "is in no room",
      "Whoever looks for a change finds it by the rooms in scripts/import-rules.mjs.",
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
  if (testFile.test(target)) problem(file, `imports ${target}`, "What serves tests is not shipped.");
  const door = doors.find((one) => one.file === target);
  if (door !== undefined && !door.in.includes(file)) problem(file, `imports ${target}`, door.why);
  if (from === to) return checkSubRoom(file, target);
  if (!imports.includes(to) && !(typeOnly && types.includes(to)))
    problem(file, `imports ${typeOnly ? "types" : "values"} from ${target}, which ${from} may not`, why);
  if (target.split("/").length > 3 && !openFolders.some((folder) => target.startsWith(folder)))
    problem(
      file,
      `reaches into ${target}`,
      "A subfolder is private to its room, so it can be rewritten alone.",
    );
}

/** The folders of one room, where they have an order of their own. */
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
      "The folders of a room have an order, so that no two import each other.",
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
      `imports ${guarded}, which has no home`,
      "Each package has one, in scripts/import-rules.mjs.",
    );
}

/** One cycle for each edge that leads back to where a depth-first walk came from. */
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
