import type { ReceivingServer, RunToExport, ServerRequest, TracedTrial } from "../exported.ts";
import { otlpDocument } from "./otlp-document.ts";
import { otlpProtobuf } from "./otlp-protobuf.ts";
import type { Attributes, MadeSpan } from "./span.ts";
import { trialSpans } from "./trial-spans.ts";

/** The destination of spans, with the attributes that this destination needs in addition. */
export interface SpanTarget {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly resource?: Attributes;
  /** Further attributes that a platform needs for one span of a trial. */
  readonly more?: (span: MadeSpan, trial: TracedTrial, root: MadeSpan) => Attributes;
}

/** Maximum number of spans, and of characters, in one request; a single trace may exceed both. */
const MAX_SPANS = 500;
const MAX_TEXT = 1_000_000;

/** The spans of each trial with the platform's attributes. */
export async function* spansOfRun(
  { header, traced }: RunToExport,
  more: SpanTarget["more"],
): AsyncGenerator<readonly MadeSpan[]> {
  for await (const trial of traced()) {
    const spans = trialSpans(trial, header);
    const [root] = spans;
    yield more === undefined || root === undefined
      ? spans
      : spans.map((span) => ({ ...span, attributes: { ...span.attributes, ...more(span, trial, root) } }));
  }
}

/** Statuses of a server that does not accept JSON. */
const NO_JSON = [400, 415];

/** Sends one trace per trial: as JSON, or in binary format to a server that does not accept JSON. */
export async function sendSpans(
  run: RunToExport,
  server: ReceivingServer,
  target: SpanTarget,
): Promise<void> {
  const { path, headers, resource } = target;
  const request = (spans: readonly MadeSpan[], binary: boolean): ServerRequest => {
    const document = otlpDocument(spans, resource);
    const body = binary
      ? { bytes: otlpProtobuf(document), type: "application/x-protobuf" }
      : { json: document };
    return { method: "POST", path, headers, body };
  };
  let rejected = 0;
  let because = "";
  const count = (text: string | undefined): void => {
    const { rejectedSpans = 0, errorMessage = "" } = partialSuccess(text);
    rejected += Number(rejectedSpans);
    because ||= errorMessage;
  };
  let isBinary: boolean | undefined;
  const batches = batchesOf(spansOfRun(run, target.more));
  // The first request shows which format the server accepts.
  const first = await batches.next();
  if (first.done === true) return;
  const reply = await server.deliver(request(first.value, false), NO_JSON);
  isBinary = reply !== undefined && NO_JSON.includes(reply.status);
  count((isBinary ? await server.deliver(request(first.value, true)) : reply)?.text);
  await server.each(batches, async (batch) => {
    count((await server.deliver(request(batch, isBinary === true)))?.text);
  });
  if (rejected > 0)
    run.notice(
      `The server accepted the request but rejected ${rejected} of its spans${because && `: ${because}`}.`,
    );
}

/** Groups whole traces, as many as fit into one request. */
async function* batchesOf(traces: AsyncIterable<readonly MadeSpan[]>): AsyncGenerator<readonly MadeSpan[]> {
  let batch: MadeSpan[] = [];
  let size = 0;
  for await (const spans of traces) {
    const more = spans.reduce((sum, span) => sum + textSize(span), 0);
    if (batch.length > 0 && (batch.length + spans.length > MAX_SPANS || size + more > MAX_TEXT)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(...spans);
    size += more;
  }
  if (batch.length > 0) yield batch;
}

function textSize({ attributes }: MadeSpan): number {
  let size = 300;
  for (const value of Object.values(attributes)) size += typeof value === "string" ? value.length : 20;
  return size;
}

/** A server's report about rejected spans. */
function partialSuccess(text: string | undefined): {
  rejectedSpans?: string | number;
  errorMessage?: string;
} {
  if (text === undefined || !text.includes("partialSuccess")) return {};
  try {
    return (JSON.parse(text) as { partialSuccess?: object }).partialSuccess ?? {};
  } catch {
    return {};
  }
}
