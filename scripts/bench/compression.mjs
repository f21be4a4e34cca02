import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  inflateRawSync,
} from "node:zlib";
import { ROOT } from "./measure.mjs";

/**
 * Measures the time and space of storing answers compressed, which evals does not do
 * (docs/decisions/0013-answers-as-text.md). So there is no target.
 */
export async function compression({ quick }) {
  const most = quick ? 300 : 2000;
  const kinds = {
    "a number or a word": recorded().slice(0, most),
    "one to four paragraphs of prose": prose(most),
    "a conversation with tools": conversations(most / 4),
  };
  return Object.entries(kinds).flatMap(([name, answers]) => rowsOf(name, answers));
}

const linesOf = (path) => readFileSync(join(ROOT, path), "utf8").trim().split("\n");
const recorded = () => linesOf("fixtures/gemma.jsonl").map((line) => withBody(JSON.parse(line).output));

/** Prose by many authors: paragraphs from the descriptions of installed packages. */
function prose(count) {
  const folder = join(ROOT, "node_modules");
  const files = readdirSync(folder).map((name) => join(folder, name, "README.md"));
  const paragraphs = files
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, "utf8").split(/\n\s*\n/))
    .map((text) => text.trim())
    .filter((text) => text.length > 120 && text.length < 1500 && !/^[#|<`![-]/.test(text));
  let drawn = 7;
  const draw = (below) => {
    drawn = (drawn * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((drawn / 2 ** 31) * below);
  };
  return Array.from({ length: count }, () => {
    const some = Array.from({ length: 1 + draw(4) }, () => paragraphs[draw(paragraphs.length)]);
    return withBody(some.join("\n\n"));
  });
}

function conversations(count) {
  const traces = linesOf("fixtures/traces/shop-bot.jsonl");
  return Array.from({ length: count }, (_, n) => ({ output: "done", raw: traces[n % traces.length] }));
}

function withBody(output, index) {
  const usage = { prompt_tokens: 237, completion_tokens: Math.ceil(output.length / 4), total_tokens: 237 };
  const message = { role: "assistant", content: output, refusal: null, annotations: [] };
  const body = {
    ...{ id: `chatcmpl-${index}`, object: "chat.completion", created: 1_790_000_000, model: "m-2026-03-17" },
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    ...{ usage, service_tier: "default", system_fingerprint: null },
  };
  return { output, raw: JSON.stringify(body) };
}

function rowsOf(name, answers) {
  const texts = answers.map(({ output, raw }) => Buffer.from(output + raw));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const dictionary = Buffer.concat(texts.slice(0, 40)).subarray(-32_768);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
  const ways = {
    deflate: [deflateRawSync, inflateRawSync],
    "deflate with a dictionary": [
      (text) => deflateRawSync(text, { dictionary }),
      (text) => inflateRawSync(text, { dictionary }),
    ],
    brotli: [(text) => brotliCompressSync(text, quality), (text) => brotliDecompressSync(text)],
  };
  const size = `${Math.round(bytes / texts.length)} bytes`;
  const rows = Object.entries(ways).map(([way, [into, out]]) => {
    for (const text of texts.slice(0, 100)) into(text);
    let packed;
    const packing = cpuOf(() => {
      packed = texts.map((text) => into(text));
    });
    const reading = cpuOf(() => packed.map((text) => out(text)));
    const left = packed.reduce((sum, text) => sum + text.length, 0) / bytes;
    const each = (us) => `${Math.round(us / texts.length)} µs`;
    const found = `${Math.round(100 * left)} %`;
    return {
      what: `${name} (${size}), ${way}`,
      target: "",
      found,
      note: `${each(packing)} to compress, ${each(reading)} to read`,
    };
  });
  const [plain, packed] = [(text) => text, deflateRawSync].map((way) => tableOf(answers, way));
  const note = "size of a table like that of the history's answers, in KiB for 1,000 answers";
  return [
    ...rows,
    { what: `${name}, a table deflated`, target: "", held: null, found: `${plain} to ${packed}`, note },
  ];
}

function tableOf(answers, way) {
  const Database = createRequire(join(ROOT, "package.json"))("better-sqlite3");
  const path = join(tmpdir(), `evals-bench-${process.pid}.db`);
  const database = new Database(path);
  database.exec(
    "CREATE TABLE answers (id INTEGER PRIMARY KEY, request_id, trial, output, raw, model, at, input, generated)",
  );
  const insert = database.prepare("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  database.transaction(() => {
    for (const [n, { output, raw }] of answers.entries())
      insert.run(n, n >> 1, n & 1, way(output), way(raw), "m-2026-03-17", 1_790_000_000_000 + n, 237, 40);
  })();
  database.close();
  const { size } = statSync(path);
  rmSync(path);
  return Math.round((size / 1024 / answers.length) * 1000);
}

function cpuOf(work) {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}
