/**
 * Production traces, separate from runs. `facts` is JSON of a trace's data without texts; this column comes before the
 * columns with texts, so that a scan of the facts need not read the texts. `source` holds the original spans, compressed,
 * so that later spans can complete the trace. `at` is in milliseconds since 1970 UTC, 0 when no span has a time; `kept_at` is the import
 * time. User ids are hashed with the salt in `traffic_salt`.
 */
export const traffic = `
CREATE TABLE traffic (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  kept_at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  transcript TEXT NOT NULL,
  source BLOB NOT NULL
) STRICT;
CREATE INDEX traffic_by_time ON traffic (at, no);

CREATE TABLE traffic_scores (
  traffic_no INTEGER NOT NULL REFERENCES traffic (no),
  suite TEXT NOT NULL,
  scorer TEXT NOT NULL,
  hash BLOB NOT NULL,
  score REAL,
  pass INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY (traffic_no, suite, scorer)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic_salt (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  salt TEXT NOT NULL
) STRICT;
`;
