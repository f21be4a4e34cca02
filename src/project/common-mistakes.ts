type Path = readonly PropertyKey[];

/** Texts that replace the general message for a common mistake. */
export interface Hint {
  /** Replaces the schema's words after "must be" in the message. */
  readonly expected?: string;
  readonly why?: string;
  readonly fix: string;
}

/** The hint for a common mistake at this location of any file, if there is one. */
export function hintFor(
  kind: "unknown" | "missing" | "invalid",
  path: Path,
  value: unknown,
): Hint | undefined {
  const name = String(path.at(-1));
  if (kind === "unknown") return UNKNOWN_KEYS[name];
  if (kind === "missing") return path.length === 1 ? MISSING_KEYS[name] : undefined;
  return invalidHint(path, name, value);
}

const KEY_IN_FILE: Hint = {
  why: "A key in a file ends up in git, where everybody who can read the repository can use it.",
  fix: "Put the key into an environment variable or .env, and name it: api_key_env: OPENAI_API_KEY",
};

const UNKNOWN_KEYS: Readonly<Record<string, Hint>> = {
  api_key: KEY_IN_FILE,
  apiKey: KEY_IN_FILE,
  temperature: { fix: "Move it under params: { temperature: … }" },
  max_tokens: { fix: "Move it under params: { max_tokens: … }" },
  baseUrl: { fix: "Rename it: base_url" },
  baseURL: { fix: "Rename it: base_url" },
  concurrent: { fix: "Rename it: concurrency" },
  tests: {
    fix: "Rename it: cases; or write dataset: <name>, with one JSON object per line in datasets/<name>.jsonl",
  },
  assert: { fix: "List the checks under `scorers:`, for instance  - type: equals" },
  repeat: { fix: "Rename it: trials" },
};

const MISSING_KEYS: Readonly<Record<string, Hint>> = {
  models: { fix: "models: { small: { provider: openai, model: gpt-5.4-mini-2026-03-17 } }" },
  scorers: {
    why: "A suite without a scorer would pass without checking anything.",
    fix: "scorers: [{ type: equals }]        (all types: docs/scorers.md)",
  },
  kind: {
    why: "The kind says how an answer is judged and what a verdict looks like.",
    fix: "kind: binary        or rubric, ordinal, pairwise, …: docs/judges.md has them all",
  },
  id: {
    why: "Runs are compared case by case, so every case needs a name that stays.",
    fix: '"id": "<a name of its own>"',
  },
  input: { why: "Without an input there is nothing to ask.", fix: '"input": "…" or "input": {…}' },
};

const decided = (fix: string): Hint => ({
  expected: "left out",
  why: "evals sets this parameter itself; a second value would change what is asked, or how the answer comes back.",
  fix,
});

/** Parameters of a model that users must not set. */
const DECIDED: Readonly<Record<string, Hint>> = {
  model: decided("Delete it: the model's name is set by `model`, outside of `params`."),
  messages: decided("Delete it: messages are made by the suite's prompt."),
  input: decided("Delete it: the suite's prompt makes the model's input."),
  stream: decided("Delete it: evals asks for whole replies, not for streams."),
  n: decided("Delete it; for several answers of a case: trials: 5 in the suite."),
};

function invalidHint(path: Path, name: string, value: unknown): Hint | undefined {
  if (path.at(-2) === "params" && DECIDED[name] !== undefined) return DECIDED[name];
  if (path.at(-2) === "price") return priceHint(name, value);
  if (path.includes("require")) return { fix: boundFix(name, value) };
  if (name === "timeout") return timeoutHint(value);
  if (name === "trials" && value === 0) {
    return {
      why: "With no trial no question would be asked.",
      fix: "trials: 1        (or more, to see flakiness)",
    };
  }
  if (name === "id" && typeof value === "number") {
    return {
      why: "Ids are compared as text; as numbers, 7 and 07 would be the same id.",
      fix: `"id": "${value}"`,
    };
  }
  if (name === "tags" && typeof value === "string")
    return { fix: `"tags": ${JSON.stringify(value.split(/[;,]\s*/))}` };
  if (name === "scorers" && value !== null && typeof value === "object" && !Array.isArray(value)) {
    return { fix: "Begin each scorer with a dash: - type: equals" };
  }
  // An entry of `scorers:` or of the `of:` of a combinator, written as a type alone.
  if (/^\d+$/.test(name) && ["scorers", "of"].includes(String(path.at(-2))) && typeof value === "string")
    return { fix: `Write it with its key: - type: ${/^[\w-]+$/.test(value) ? value : "equals"}` };
  if (name === "models" && typeof value === "string")
    return { fix: `models: [${value}], or model: ${value}` };
  if (name === "model" && Array.isArray(value)) return { fix: `models: [${value.join(", ")}]` };
  if (name === "regression" && value === true)
    return { fix: "Leave it out: the rule is on unless `regression: false`." };
  return undefined;
}

function priceHint(name: string, value: unknown): Hint {
  const number = typeof value === "string" ? /\d+(?:\.\d+)?/.exec(value)?.[0] : undefined;
  return {
    why: "Costs and the budget are computed from the price; a wrong one would let a run spend more than it may.",
    fix: `${name}: ${number ?? "0.15"}        (a bare number: US dollars per million tokens)`,
  };
}

function boundFix(name: string, value: unknown): string {
  return `"${name}": ">= ${typeof value === "number" ? value : 0.9}"`;
}

function timeoutHint(value: unknown): Hint {
  const text = typeof value === "number" ? (value >= 1000 ? `${value}ms` : `${value}s`) : "60s";
  return {
    expected: "a time such as 60s",
    why: "A number without a unit could mean seconds or milliseconds.",
    fix: `timeout: ${text}`,
  };
}
