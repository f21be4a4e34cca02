import type { TranscriptDocument } from "../domain/describe-transcript.ts";
import type { Json } from "../domain/json.ts";
import type { Metrics, RunCounts, RunHeader, RunStatus } from "../domain/run.ts";
import type { ExportedTrial } from "./run-table.ts";

/** A case of a run for export. */
export interface ExportedCase {
  readonly id: string;
  /** Undefined when the store does not contain the case's input. */
  readonly input: Json | undefined;
  /** Undefined when the case has no expected value. */
  readonly expected: Json | undefined;
  readonly tags: readonly string[];
}

/** A trial with its whole conversation, for formats that show its steps. */
export interface TracedTrial extends ExportedTrial {
  readonly tags: readonly string[];
  /** Null for a trial without an answer. */
  readonly transcript: TranscriptDocument | null;
  /** Why the answer ended, in the provider's terms; null when unknown. */
  readonly finish_reason: string | null;
  /** Time of the answer, ISO 8601, UTC; null for a trial without an answer. */
  readonly at: string | null;
  /** Why optional scorers could not score, by scorer name. */
  readonly voids: Readonly<Record<string, string>>;
}

/** A run to export. The caller removes the texts of a restricted dataset. */
export interface RunToExport {
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** ISO 8601, UTC; null for a run that has not ended. */
  readonly ended_at: string | null;
  /** The dataset's name: its file name without folder and extension, or the suite's name for a suite with its own cases. */
  readonly dataset: string;
  readonly metrics: Metrics;
  readonly counts: RunCounts;
  /** The run's report in the format of `evals report --format json`. */
  readonly report: () => string;
  /** In the order in which the run planned them. */
  readonly cases: () => AsyncIterable<ExportedCase>;
  /** In the order of `cases`; the trials of a case are sorted by number. Only one case is in memory at a time. */
  readonly trials: () => AsyncIterable<ExportedTrial>;
  /** The same trials with their transcripts. */
  readonly traced: () => AsyncIterable<TracedTrial>;
  /** Shows a sentence to the user. */
  readonly notice: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One HTTP request to a server. */
export interface ServerRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** Relative to the configured address; includes the query. */
  readonly path: string;
  /** JSON is serialized; bytes and text are sent unchanged. */
  readonly body?: { readonly json: unknown } | { readonly bytes: Uint8Array | string; readonly type: string };
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether the server would store a second request as a duplicate. Such a request is retried only when the server
   * refused it for lack of capacity.
   */
  readonly once?: boolean | undefined;
}

/** A server's reply. */
export interface ServerReply {
  readonly status: number;
  readonly text: string;
}

/** A server that receives a run. Requests are retried, and the final reply is returned. */
export interface ReceivingServer {
  /** Returns the reply whatever its status. @throws {EvalsError} when there is no reply, or the key is rejected */
  readonly ask: (request: ServerRequest) => Promise<ServerReply>;
  /**
   * Sends a request, unless an earlier export of this run that was interrupted has already sent it.
   *
   * @param known statuses besides 2xx that are not an error; a later export repeats a request that got one of them
   * @returns the reply; undefined when the request was already sent
   * @throws {EvalsError} like `ask`, and for any other status
   */
  readonly deliver: (request: ServerRequest, known?: readonly number[]) => Promise<ServerReply | undefined>;
  /** Runs `work` for every item, several at once. */
  readonly each: <T>(
    items: AsyncIterable<T> | Iterable<T>,
    work: (item: T) => Promise<void>,
  ) => Promise<void>;
  /** The error for an unsuccessful reply. */
  readonly refused: (request: ServerRequest, reply: ServerReply) => Error;
}

/** The credentials of a server, from environment variables. */
export interface ServerKeys {
  /** Names of the variables, for messages. */
  readonly names: readonly string[];
  /** Request headers made of the variables; undefined when a required one is not set. */
  readonly headers: (
    env: Readonly<Record<string, string | undefined>>,
  ) => Readonly<Record<string, string>> | undefined;
}

/** One export format of a run. */
export interface RunExporter {
  /** The run as a file: text in chunks, or bytes. */
  readonly file: (run: RunToExport) => AsyncIterable<string> | Promise<Uint8Array>;
  /** How to send the run to a server; absent for formats that are only files. */
  readonly server?: {
    readonly keys: ServerKeys;
    /** @returns the path of the server's page that shows the run, relative to the base URL; undefined when unknown */
    readonly send: (run: RunToExport, server: ReceivingServer) => Promise<string | undefined>;
    /** The base URL of requests; by default the address that the user named, without trailing slashes. */
    readonly base?: (address: string) => string;
  };
}
