/**
 * Which trials of a run were written, in the order of the commits, for a page that follows a run while it goes on: one row a
 * transaction, `trials` as `case.trial` with a blank between two. A trial is there again when its scores come later or another
 * session asks it again. Runs of earlier schemas have no rows.
 */
export const changes = `
CREATE TABLE trial_changes (
  no INTEGER PRIMARY KEY,
  run_no INTEGER NOT NULL REFERENCES runs (no),
  trials TEXT NOT NULL
) STRICT;
`;
