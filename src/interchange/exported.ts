import type { TranscriptDocument } from "../domain/describe-transcript.ts";
import type { Json } from "../domain/json.ts";
import type { Metrics, RunCounts, RunHeader, RunStatus } from "../domain/run.ts";
import type { ExportedTrial } from "./run-table.ts";

/** A case of a run, as it is exported. */
export interface ExportedCase {
  readonly id: string;
  /** Undefined where nobody knows it any more. */
  readonly input: Json | undefined;
  /** Undefined where the case expects nothing. */
  readonly expected: Json | undefined;
  readonly tags: readonly string[];
}

/** A trial with its whole conversation, for formats that show its steps. */
export interface TracedTrial extends ExportedTrial {
  readonly tags: readonly string[];
  /** Null for a trial without an answer. */
  readonly transcript: TranscriptDocument | null;
  /** In the provider's words; null when it does not say. */
  readonly finish_reason: string | null;
  /** When it was answered, ISO 8601, UTC; null for a trial without an answer. */
  readonly at: string | null;
  /** Why optional scorers could not score, by name. */
  readonly voids: Readonly<Record<string, string>>;
}

/** A run on its way to other programs. Whoever gives it leaves out the texts of a restricted dataset. */
export interface RunToExport {
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** ISO 8601, UTC; null for a run that has not ended. */
  readonly ended_at: string | null;
  /** What its dataset is called: its file without folder and ending, or the suite where the cases are its own. */
  readonly dataset: string;
  readonly metrics: Metrics;
  readonly counts: RunCounts;
  /** Its report as `evals report --format json` writes it. */
  readonly report: () => string;
  /** In plan order. */
  readonly cases: () => AsyncIterable<ExportedCase>;
  /** In plan order, trials of a case by number; one case is in memory at a time. */
  readonly trials: () => AsyncIterable<ExportedTrial>;
  /** The same trials with their transcripts. */
  readonly traced: () => AsyncIterable<TracedTrial>;
  /** A sentence for whoever waits. */
  readonly notice: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One request to a server. */
export interface ServerRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  /** Behind the address that was given; with its query. */
  readonly path: string;
  /** JSON is written out; bytes and text go as they are. */
  readonly body?: { readonly json: unknown } | { readonly bytes: Uint8Array | string; readonly type: string };
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A second one would make a second thing: it is not sent again unless the server refused the first for want of room. */
  readonly once?: boolean | undefined;
}

/** What a server answered. */
export interface ServerReply {
  readonly status: number;
  readonly text: string;
}

/** A server that takes a run, behind retries: what comes back is its last word. */
export interface ReceivingServer {
  /** Asks, and hands over the answer whatever its status is. @throws {EvalsError} when no answer came, and for a key that is refused */
  readonly ask: (request: ServerRequest) => Promise<ServerReply>;
  /**
   * Delivers. What an earlier export that broke off has delivered already is not sent again.
   * @param known statuses beside 2xx that are no mistake; they count as not delivered
   * @returns the answer; undefined when nothing had to be sent
   * @throws {EvalsError} as `ask`, and for any other status
   */
  readonly deliver: (request: ServerRequest, known?: readonly number[]) => Promise<ServerReply | undefined>;
  /** Does `work` for every item, several at once. */
  readonly each: <T>(
    items: AsyncIterable<T> | Iterable<T>,
    work: (item: T) => Promise<void>,
  ) => Promise<void>;
  /** An answer that is no yes, as a mistake with its place. */
  readonly refused: (request: ServerRequest, reply: ServerReply) => Error;
}

/** Whose address it is, and what of the environment opens it. */
export interface ServerKeys {
  /** Names of the variables, for messages. */
  readonly names: readonly string[];
  /** Headers made of them; undefined where one that is needed is not set. */
  readonly headers: (
    env: Readonly<Record<string, string | undefined>>,
  ) => Readonly<Record<string, string>> | undefined;
}

/** One format in which a run leaves. */
export interface RunExporter {
  /** The run as a file: text in pieces, or bytes. */
  readonly file: (run: RunToExport) => AsyncIterable<string> | Promise<Uint8Array>;
  /** How a server takes it; absent for what is a file only. */
  readonly server?: {
    readonly keys: ServerKeys;
    readonly send: (run: RunToExport, server: ReceivingServer) => Promise<void>;
    /** The address that requests are below; by default the one that was given without slashes at its end. */
    readonly base?: (address: string) => string;
  };
}
