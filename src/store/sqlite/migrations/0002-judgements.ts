/**
 * Replies of the models behind judges, each kept as it arrived.
 *
 * A reply belongs to what was asked (`asked`: hash of the model's identity and the request as sent) and to its `draw`, the
 * number that tells independent replies to one question apart. Which judge and which run paid for it is beside it. One
 * that gave no verdict is kept as `unusable`, so that a later sitting can ask again.
 */
export const judgements = `
CREATE TABLE judgements (
  id INTEGER PRIMARY KEY,
  asked BLOB NOT NULL,
  draw INTEGER NOT NULL,
  judge BLOB NOT NULL,
  run_no INTEGER REFERENCES runs (no),
  case_id TEXT NOT NULL,
  request_id INTEGER NOT NULL,
  output TEXT NOT NULL,
  refusal TEXT,
  finish_reason TEXT,
  model TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  latency_ms REAL,
  cost_usd REAL,
  raw TEXT,
  unusable INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX judgements_by_question ON judgements (asked, draw);
CREATE INDEX judgements_by_run ON judgements (run_no) WHERE run_no IS NOT NULL;

ALTER TABLE runs ADD COLUMN judge_calls INTEGER NOT NULL DEFAULT 0;
`;
