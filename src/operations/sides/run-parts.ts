import type { Side } from "../../baselines/side.ts";
import type { FingerprintParts } from "../../domain/fingerprint-parts.ts";
import { itemAt } from "../../domain/item-at.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";
import { allItems } from "../../domain/pages.ts";
import { isMadeElsewhere } from "../../domain/recorded-provider.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** How many requests are compared with each other, to find what they have in common. */
const SAMPLE = 50;
/** The members of a request that differ from case to case: its messages and the case's id. */
const OF_A_CASE = new Set(["messages", "input", "instructions", "system", "case", "answers"]);

/** The parts of a stored run's fingerprint. */
export async function partsOfRun(
  { read }: Pick<Store, "read">,
  { no, header }: StoredRun,
): Promise<FingerprintParts> {
  const cases = await allItems((page) => read.cases(no, page));
  const sample = cases.slice(0, SAMPLE).map(({ case_no }) => read.request(no, case_no));
  const { prompt, parts } = header;
  return {
    fingerprint: header.fingerprint,
    label: header.target,
    recorded: isMadeElsewhere(header.provider),
    prompt: prompt === null ? null : `${prompt.name}@${prompt.version}`,
    request: sharedRequest(await Promise.all(sample)),
    target: parts?.target ?? null,
    dataset: parts?.dataset ?? null,
    cases: new Map(cases.map((one) => [one.id, { content: one.content_hash, request: one.request_hash }])),
    scorers: header.scorers.map(({ name, required, hash }, index) => ({
      name,
      required,
      hash,
      identity: parts?.scorers[index] ?? null,
    })),
  };
}

/** The parts of a fingerprint that a baseline file has. It has only hashes, so texts are null. */
export function partsOfSide(side: Side): FingerprintParts {
  return {
    fingerprint: side.fingerprint,
    label: side.target,
    recorded: false,
    prompt: undefined,
    request: null,
    target: null,
    dataset: null,
    cases: new Map(side.ids.map((id, at) => [id, { content: itemAt(side.contents, at), request: null }])),
    scorers: [...side.scores].map(([name, { hash, required }]) => ({ name, required, hash, identity: null })),
  };
}

/** What all requests have in common: the model and its parameters. Null when nothing was asked. */
function sharedRequest(requests: readonly Json[]): Readonly<Record<string, Json>> | null {
  const [first] = requests;
  if (first === null || typeof first !== "object" || Array.isArray(first)) return null;
  const shared = Object.entries(first).filter(
    ([key, value]) =>
      !OF_A_CASE.has(key) &&
      requests.every(
        (one) => canonicalJson((one as Record<string, Json>)[key] ?? null) === canonicalJson(value),
      ),
  );
  return Object.fromEntries(shared);
}
