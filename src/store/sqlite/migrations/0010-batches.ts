/**
 * Batches at providers, stored so that they can be found again after the process has died. `StoredBatch` and `BatchRow`
 * in `store/batches.ts` describe the columns.
 */
export const batches = `
CREATE TABLE batches (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  run_no INTEGER NOT NULL REFERENCES runs (no),
  asker TEXT NOT NULL,
  state TEXT NOT NULL,
  file TEXT,
  remote TEXT,
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX batches_by_run ON batches (run_no);

CREATE TABLE batch_rows (
  batch_no INTEGER NOT NULL,
  place INTEGER NOT NULL,
  run_no INTEGER NOT NULL REFERENCES runs (no),
  custom_id TEXT NOT NULL,
  what TEXT NOT NULL,
  failed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (batch_no, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX batch_rows_by_run ON batch_rows (run_no);
`;
