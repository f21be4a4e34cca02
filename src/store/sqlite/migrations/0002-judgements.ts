/**
 * Replies of the judges' models, as they arrived.
 *
 * A reply belongs to a question (`asked`: hash of the model's identity and the request as sent) and has a `draw`
 * number that distinguishes independent replies to one question. The judge and the run that paid for it are stored
 * too. A reply without a verdict is stored as `unusable`, so that a later session can ask again.
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
