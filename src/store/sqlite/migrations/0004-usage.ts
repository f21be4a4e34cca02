/**
 * All tokens that a provider counts, not only the two sums; and what was paid for replies that gave no answer.
 *
 * A reply that failed has no answer that could hold its price, and its trial is asked again: so it has a row of its own. `judge`
 * is the hash of the judge that asked, NULL for the run's target. Where nobody knows what it cost, `cost_usd` is NULL and the
 * `most_…` columns say what was set aside for it.
 *
 * `untold` names what an answer does not tell (`tool_calls`, `refusal`), so that its 0 and NULL count for unknown; NULL where it
 * tells all.
 */
export const usage = `
ALTER TABLE answers ADD COLUMN cached_input_tokens INTEGER;
ALTER TABLE answers ADD COLUMN cache_write_tokens INTEGER;
ALTER TABLE answers ADD COLUMN reasoning_tokens INTEGER;
ALTER TABLE answers ADD COLUMN untold TEXT;

ALTER TABLE judgements ADD COLUMN cached_input_tokens INTEGER;
ALTER TABLE judgements ADD COLUMN cache_write_tokens INTEGER;
ALTER TABLE judgements ADD COLUMN reasoning_tokens INTEGER;

CREATE TABLE lost_replies (
  id INTEGER PRIMARY KEY,
  run_no INTEGER NOT NULL REFERENCES runs (no),
  judge BLOB,
  case_id TEXT NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_input_tokens INTEGER,
  cache_write_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost_usd REAL,
  most_usd REAL,
  most_tokens INTEGER,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX lost_replies_by_run ON lost_replies (run_no);
`;
