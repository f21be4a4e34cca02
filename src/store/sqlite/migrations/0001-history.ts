/**
 * Runs, their cases, the answers and the scores.
 *
 * Texts are stored once: a case's content and a request by hash, an answer with the trial that paid for it. A trial
 * answered from the cache refers to the same answer. Scores are in `trials`, separate from the answers, so that
 * rescoring does not touch anything that was paid for.
 */
export const history = `
CREATE TABLE runs (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  suite TEXT NOT NULL,
  plan TEXT NOT NULL,
  status TEXT NOT NULL,
  calls INTEGER NOT NULL DEFAULT 0,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  header TEXT NOT NULL,
  report TEXT
) STRICT;
CREATE INDEX runs_by_suite ON runs (suite, no);

CREATE TABLE contents (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE run_cases (
  run_no INTEGER NOT NULL REFERENCES runs (no),
  case_no INTEGER NOT NULL,
  case_id TEXT NOT NULL,
  content_id INTEGER NOT NULL,
  request_hash BLOB NOT NULL,
  request_id INTEGER,
  key BLOB NOT NULL,
  tags TEXT NOT NULL,
  planned INTEGER NOT NULL,
  PRIMARY KEY (run_no, case_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
  id INTEGER PRIMARY KEY,
  request_id INTEGER,
  trial INTEGER NOT NULL,
  output TEXT NOT NULL,
  messages TEXT,
  tool_calls TEXT,
  tool_call_count INTEGER NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  latency_ms REAL,
  cost_usd REAL,
  model TEXT,
  finish_reason TEXT,
  refusal TEXT,
  raw TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_by_request ON answers (request_id, trial) WHERE request_id IS NOT NULL;

CREATE TABLE trials (
  run_no INTEGER NOT NULL REFERENCES runs (no),
  case_no INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  answer_id INTEGER,
  cached INTEGER NOT NULL,
  error TEXT,
  message TEXT,
  pass INTEGER,
  scores TEXT,
  PRIMARY KEY (run_no, case_no, trial)
) STRICT, WITHOUT ROWID;

CREATE VIEW run_overview AS
SELECT id AS run, suite, status, started_at, ended_at, calls,
  json_extract(header, '$.target') AS target, json_extract(header, '$.fingerprint') AS fingerprint,
  json_extract(header, '$."commit"') AS commit_id
FROM runs;

CREATE VIEW trial_overview AS
SELECT runs.id AS run, runs.suite AS suite, run_cases.case_id AS case_id, trials.trial AS trial,
  CASE WHEN trials.error IS NULL THEN 'answered' ELSE 'errored' END AS outcome, trials.error AS error,
  trials.message AS message, trials.pass AS pass, trials.cached AS cached, answers.output AS output,
  answers.input_tokens AS input_tokens, answers.output_tokens AS output_tokens, answers.latency_ms AS latency_ms,
  answers.cost_usd AS cost_usd, answers.model AS model
FROM trials
JOIN runs ON runs.no = trials.run_no
JOIN run_cases ON run_cases.run_no = trials.run_no AND run_cases.case_no = trials.case_no
LEFT JOIN answers ON answers.id = trials.answer_id;

CREATE VIEW score_overview AS
SELECT runs.id AS run, runs.suite AS suite, run_cases.case_id AS case_id, trials.trial AS trial,
  json_extract(runs.header, '$.scorers[' || entry.key || '].name') AS scorer,
  json_extract(entry.value, '$[0]') AS score, json_extract(entry.value, '$[1]') AS pass,
  json_extract(entry.value, '$[2]') AS reason
FROM trials
JOIN runs ON runs.no = trials.run_no
JOIN run_cases ON run_cases.run_no = trials.run_no AND run_cases.case_no = trials.case_no,
json_each(trials.scores) AS entry
WHERE entry.type <> 'null';
`;
