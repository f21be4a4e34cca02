/**
 * Beside the sums of input and output tokens, adds the parts of these sums: tokens read from the provider's cache,
 * tokens written to this cache, and reasoning tokens.
 *
 * `lost_replies` has a row for each request that may have cost something and brought no answer: it has no row in
 * `answers` that could hold its cost. `judge` is the hash of the judge that asked, NULL for the run's target. If the
 * cost is unknown, `cost_usd` is NULL, and `most_usd` and `most_tokens` are what a budget counts for the request.
 *
 * `untold` names what an answer does not report (`tool_calls`, `refusal`): the 0 or NULL in that column then means
 * unknown. It is NULL when the answer reports everything.
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
