/**
 * Which trials of a run were written, in commit order, for a page that follows a running run: one row per
 * transaction, `trials` as space-separated `case.trial`. A trial is listed again when its scores arrive later or
 * another session asks it again. Runs of earlier schemas have no rows.
 */
export const changes = `
CREATE TABLE trial_changes (
  no INTEGER PRIMARY KEY,
  run_no INTEGER NOT NULL REFERENCES runs (no),
  trials TEXT NOT NULL
) STRICT;
`;
