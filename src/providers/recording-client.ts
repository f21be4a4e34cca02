import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { hashJson } from "../domain/json.ts";
import type { Client, PreparedRequest, Question, Reply } from "../domain/provider.ts";
import { membersOf } from "./chat-shapes.ts";
import { compareKeys, type RecordingKey, recordingKey, recordingLine } from "./recording-line.ts";

/** A client that also writes its answers to a file. */
export interface RecordingClient extends Client {
  /** Records an answer from another source, for instance the cache. Failures are not recorded. */
  record(request: PreparedRequest, question: Question, trial: number, reply: Reply): void;
  /** Merges the collected answers into the recording, sorted with the existing lines. */
  flush(): Promise<void>;
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return membersOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Merges the journal into the recording. A later answer to the same request and trial replaces the earlier one. */
function mergeLines(texts: readonly string[]): string {
  const lines = new Map<string, { readonly key: RecordingKey; readonly line: string }>();
  for (const line of texts.flatMap((text) => text.split("\n"))) {
    // A line that was cut off when the process was killed is skipped.
    const key = recordingKey(parse(line));
    if (key !== undefined)
      lines.set(JSON.stringify([key.case, key.request, key.trial]), { key, line: line.trimEnd() });
  }
  const sorted = [...lines.values()].sort((a, b) => compareKeys(a.key, b.key));
  return sorted.map(({ line }) => `${line}\n`).join("");
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/**
 * Appends answers to a journal file beside the recording, and merges the journal into the recording at the end. If
 * the run is killed, the next recording merges the journal, so that a paid answer is not asked again.
 */
class Recording {
  readonly #path: string;
  readonly #journal: string;
  #pending: string[] = [];
  #soon: NodeJS.Immediate | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#journal = `${path}.part`;
  }

  add(line: string): void {
    this.#pending.push(line);
    this.#soon ??= setImmediate(() => this.#append());
  }

  #append(): void {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    if (this.#pending.length === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    // The text starts on a new line, because the journal of a killed run may end with an incomplete line.
    appendFileSync(this.#journal, `\n${this.#pending.join("\n")}\n`);
    this.#pending = [];
  }

  merge(): void {
    this.#append();
    if (!existsSync(this.#journal)) return;
    const merged = mergeLines([readIfThere(this.#path), readIfThere(this.#journal)]);
    const whole = `${this.#path}.new`;
    writeFileSync(whole, merged);
    renameSync(whole, this.#path);
    rmSync(this.#journal);
  }
}

/**
 * Records every answer for later replay. Failures and answers that come from a recording are left out, and so are raw
 * bodies and headers.
 *
 * @param path absolute path of the recording, `fixtures/<alias>.jsonl`
 */
export function recordingClient(client: Client, path: string): RecordingClient {
  const recording = new Recording(path);
  const record: RecordingClient["record"] = (request, question, trial, reply) => {
    if (reply.kind !== "answered" || reply.recorded) return;
    recording.add(recordingLine({ case: question.case_id, request: hashJson(request), trial }, reply));
  };
  return {
    prepare: (question) => client.prepare(question),
    // A promise is returned only when the wrapped client returns one, so that immediate clients stay immediate.
    send(request, question, trial, signal) {
      const reply = client.send(request, question, trial, signal);
      const recorded = (settled: Reply): Reply => {
        record(request, question, trial, settled);
        return settled;
      };
      return reply instanceof Promise ? reply.then(recorded) : recorded(reply);
    },
    ...(client.immediate && { immediate: true }),
    ...(client.available !== undefined && { available: client.available.bind(client) }),
    record,
    flush: async () => recording.merge(),
    close: async () => {
      recording.merge();
      await client.close();
    },
  };
}
