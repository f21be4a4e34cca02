// Measures the live page over a history of 1,000 runs and 1,000,000 trials: how fast it replies, and in how
// much memory.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EVALS, evals } from "./measure.mjs";
import { lines, remove, repository } from "./scratch.mjs";

const SMALL = { cases: 160, trials: 5 };
const CHROMIUM = [process.env.CHROMIUM ?? "", "/usr/bin/chromium"].find((path) => existsSync(path));

/**
 * Makes two runs of a large suite, the second one worse, and many runs of a small suite, and measures the page.
 */
export async function viewed({ quick }) {
  const runs = quick ? 102 : 1_000;
  const large = quick ? 2_000 : 20_160;
  const { root, ids } = await storeOf(runs, large);
  const trials = 2 * large * 5 + (runs - 2) * SMALL.cases * SMALL.trials;
  const rows = await asked(root, ids, `${(large * 5).toLocaleString("en")} trials`);
  remove(root);
  return rows.map((row) => ({
    target: "",
    held: null,
    ...row,
    what: `evals view, ${runs.toLocaleString("en")} runs, ${trials.toLocaleString("en")} trials: ${row.what}`,
  }));
}

async function storeOf(runs, large) {
  const cases = (count, name) =>
    lines(count, (at) => ({ id: `${name}${at}`, input: `question ${at}`, expected: `a${at}` }));
  const answers = (count, name, wrong) =>
    lines(count * 5, (at) => {
      const of = Math.floor(at / 5);
      return {
        case: `${name}${of}`,
        trial: (at % 5) + 1,
        output: wrong(at, of) ? `no, ${at} is late` : `a${of}`,
        latency_ms: at % 900,
      };
    });
  const suite = (name) =>
    `dataset: ${name}\nmodel: ${name}\ntrials: 5\nscorers:\n  - { type: equals, name: exact }\n`;
  const model = (name) => `  ${name}: { provider: outputs, file: fixtures/${name}.jsonl }\n`;
  const root = await repository({
    "evalconfig.yaml": `models:\n${["small", "large", "worse"].map(model).join("")}`,
    "evals/small.yaml": suite("small"),
    "evals/large.yaml": suite("large"),
    "datasets/small.jsonl": cases(SMALL.cases, "s"),
    "datasets/large.jsonl": cases(large, "l"),
    "fixtures/small.jsonl": answers(SMALL.cases, "s", (at) => at % 7 === 0),
    "fixtures/large.jsonl": answers(large, "l", (at) => at % 7 === 0),
    "fixtures/worse.jsonl": answers(large, "l", (at, of) => at % 7 === 0 || of % 11 === 0),
  });
  const run = async (...args) => {
    const { out } = await evals(root, ["run", ...args, "--json", "--quiet"], { exits: [0, 1] });
    return JSON.parse(out).runs[0].id;
  };
  const older = await run("large");
  const newer = await run("large", "--model", "worse", "--baseline", older);
  const small = await run("small");
  await copies(root, small, runs - 3);
  return { root, ids: { older, newer, small } };
}

/** Copies a run many times in the database, each copy with its own trials and answers. */
async function copies(root, id, many) {
  const { default: Database } = await import("better-sqlite3");
  const [name] = readdirSync(join(root, ".evals")).filter((one) => one.endsWith(".db"));
  const db = new Database(join(root, ".evals", name));
  const columns = (table) => db.pragma(`table_info(${table})`).map((one) => one.name);
  const copied = (table, changes, where) => {
    const list = columns(table).join(", ");
    const values = columns(table).map((column) => changes[column] ?? column);
    return db.prepare(
      `INSERT INTO ${table} (${list}) SELECT ${values.join(", ")} FROM ${table} WHERE ${where}`,
    );
  };
  const from = db.prepare("SELECT no FROM runs WHERE id = ?").pluck().get(id);
  const next = (table) => db.prepare(`SELECT max(id) + 1 FROM ${table}`).pluck().get();
  const renamed = (column) => `replace(${column}, '${id}', @id)`;
  const statements = [
    copied(
      "runs",
      { no: "@no", id: "@id", header: renamed("header"), report: renamed("report") },
      "no = @from",
    ),
    copied("run_cases", { run_no: "@no" }, "run_no = @from"),
    copied("answers", { id: "id + @shift" }, "id IN (SELECT answer_id FROM trials WHERE run_no = @from)"),
    copied("trials", { run_no: "@no", answer_id: "answer_id + @shift" }, "run_no = @from"),
  ];
  db.transaction(() => {
    const shift = next("answers");
    for (let at = 1; at <= many; at++) {
      const values = { id: at.toString(16).padStart(8, "0"), no: from + at, from, shift: shift * at };
      for (const statement of statements) {
        const named = Object.entries(values).filter(([key]) => statement.source.includes(`@${key}`));
        statement.run(Object.fromEntries(named));
      }
    }
  })();
  db.close();
}

async function asked(root, { older, newer, small }, many) {
  const { url, pid, end } = await served(root);
  const found = [];
  const look = async (what, paths) => {
    const before = cpuOf(pid);
    const started = performance.now();
    const replies = await Promise.all(paths.map((path) => fetch(`${url}${path}`)));
    const sizes = await Promise.all(replies.map(async (one) => (await one.text()).length));
    if (replies.some(({ status }) => status !== 200)) throw new Error(`${what} was refused`);
    const ms = performance.now() - started;
    found.push({
      what,
      found: `${(cpuOf(pid) - before).toFixed(2)} s of processor time`,
      memory: `${memoryOf(pid)} MiB`,
      note: `${(ms / 1000).toFixed(2)} s on the clock, ${(sizes.reduce((a, b) => a + b) / 1e6).toFixed(2)} MB`,
    });
  };
  try {
    await look("the list of runs", ["home"]);
    await look("the list of runs again", ["home"]);
    await look("a run of 800 trials", [`run/${small}`, `index/${small}`]);
    await look(`the verdict of a run of ${many}`, [`run/${newer}`]);
    await look("its list of cases", [`index/${newer}`]);
    await look("one of its cases", [`case/${newer}/11`]);
    await look("one of its trials", [`trial/${newer}/11/now/1`]);
    await look("the verdict of two such runs against each other", [`run/${older}..${newer}`]);
    await look("their list of cases", [`index/${older}..${newer}`]);
    await look("a text in all answers of such a run", [
      `search/${newer}/${encodeURIComponent("no, 100 is late")}`,
    ]);
    if (CHROMIUM !== undefined) found.push(...(await painted(url, newer, many)));
    found.push({
      what: "peak memory of the program",
      found: `${memoryOf(pid, "VmHWM")} MiB`,
      memory: "",
      note: "",
    });
  } finally {
    end();
  }
  return found;
}

async function painted(url, newer, many) {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const found = [];
  for (const [what, view] of [
    ["first paint of the list", ""],
    [`first paint of a run of ${many}`, `#/run/${newer}`],
  ]) {
    const page = await browser.newPage();
    await page.goto(`${url}${view}`);
    await page.waitForSelector(".row", { timeout: 120_000 });
    const [paint, rows] = await page.evaluate(
      "[performance.getEntriesByName('first-contentful-paint')[0].startTime, performance.now()]",
    );
    await page.locator(".grid").focus();
    await page.keyboard.press("G");
    await page.waitForFunction("document.querySelector('.row.selected') !== null");
    const end = await page.evaluate("performance.now()");
    found.push({
      ...{ what, found: `${Math.round(paint)} ms`, memory: "" },
      note: `rows after ${Math.round(rows)} ms, ${Math.round(end - rows)} ms to the last row, ${await page.locator("*").count()} elements`,
    });
    await page.close();
  }
  await browser.close();
  return found;
}

function served(root) {
  const child = spawn(process.execPath, [EVALS, "view", "--no-open"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let printed = "";
    child.on("error", reject);
    child.stdout.on("data", (part) => {
      printed += part;
      const [url] = /http:\/\/\S+\//.exec(printed) ?? [];
      if (url !== undefined) resolve({ url, pid: child.pid, end: () => child.kill() });
    });
  });
}

/** Seconds of processor time that a process has used. Only on Linux. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function memoryOf(pid, name = "VmRSS") {
  const [, kib] = new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kib) / 1024);
}
