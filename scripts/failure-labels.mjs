// Measures how well the rules find the failure class of a trial, on trajectories whose root cause people have
// labelled: the 29 failed τ-bench retail trials of AgentRx (github.com/microsoft/AgentRx, MIT). They are not
// part of this repository.
//
//   git clone https://github.com/microsoft/AgentRx /tmp/agentrx
//   npm run build && node scripts/failure-labels.mjs /tmp/agentrx
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The failure classes for each label of AgentRx. If there are two, both count as right. */
const CLASSES = {
  "Instruction Adherence Failure": ["instruction"],
  "Intent Not Supported": ["not-supported"],
  "Intent Plan Misalignment": ["tool-choice", "orchestration"],
  "Invalid Invocation": ["tool-arguments"],
  "Invention of New Information": ["grounding"],
  "Misinterpretation of Tool Output": ["grounding"],
  "System Failure": ["tool-failure"],
  "Underspecified User Intent": ["user"],
};
/** The tools of the shop that change data; the others only read. */
const WRITES = [
  ...["cancel_pending_order", "exchange_delivered_order_items", "modify_pending_order_address"],
  ...[
    "modify_pending_order_items",
    "modify_pending_order_payment",
    "modify_user_address",
    "return_delivered_order_items",
  ],
];

const EVALS = fileURLToPath(new URL("../bin/evals.js", import.meta.url));
const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node scripts/failure-labels.mjs <clone of AgentRx>");
const json = (...path) => JSON.parse(readFileSync(join(folder, "data", ...path), "utf8"));
const labels = new Map(
  json("ground_truth", "tau_ground_truth.json").map(({ trajectory_id, failures, root_cause }) => [
    `task-${trajectory_id}`,
    failures.find((one) => one.failure_id === root_cause.failure_id).failure_category,
  ]),
);

const project = mkdtempSync(join(tmpdir(), "failure-labels-"));
const evals = (...args) =>
  execFileSync("node", [EVALS, ...args], { cwd: project, encoding: "utf8", maxBuffer: 2 ** 28 });
try {
  execFileSync("git", ["init", "-q"], { cwd: project });
  evals(
    "import",
    "tau-bench",
    join(folder, "data/tau_retail/tau_dataset_failed.json"),
    "--out",
    ".",
    "--name",
    "retail",
  );
  const scorers = `  - { type: tool-calls, name: writes, order: any, only: [${WRITES}], arguments: { "*": equal } }\n  - { type: says }\n`;
  appendFileSync(join(project, "evals/retail.yaml"), scorers);
  // A case whose answer need not say any figure is not scored by `says`.
  const dataset = join(project, "datasets/retail.jsonl");
  const cases = readFileSync(dataset, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const one of cases) if (one.expected.says === undefined) one.scorers = ["reward", "writes"];
  writeFileSync(dataset, cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
  evals("run", "retail", "--json", "--no-cache");
  const rows = [...labels].map(([id, label]) => {
    const { failure } = JSON.parse(evals("show", `latest/${id}`, "--json")).trials[0];
    return { id, label, found: failure?.class ?? "none", evidence: failure?.evidence };
  });
  print(rows);
} finally {
  rmSync(project, { recursive: true });
}

function print(rows) {
  const isRight = ({ label, found }) => CLASSES[label].includes(found);
  const classes = [...new Set(rows.map(({ found }) => found))].sort();
  console.log("| class | named | right | precision |\n|---|---|---|---|");
  for (const name of classes) {
    const named = rows.filter(({ found }) => found === name);
    const right = named.filter(isRight).length;
    console.log(`| ${name} | ${named.length} | ${right} | ${(right / named.length).toFixed(2)} |`);
  }
  const times = {};
  for (const { label } of rows) times[CLASSES[label][0]] = (times[CLASSES[label][0]] ?? 0) + 1;
  const [majority, most] = Object.entries(times).sort((a, b) => b[1] - a[1])[0];
  const right = rows.filter(isRight).length;
  console.log(
    `\nAll: ${right} of ${rows.length} (${(right / rows.length).toFixed(2)}); always "${majority}": ${most} (${(most / rows.length).toFixed(2)})`,
  );
  if (process.argv.includes("--rows"))
    for (const { id, label, found, evidence } of rows) console.log(`${id}\t${label}\t${found}\t${evidence}`);
}
