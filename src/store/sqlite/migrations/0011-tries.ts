/** How a trial came by its outcome, where that took more than one attempt, or a second and more of waiting. */
export const tries = `
CREATE TABLE trial_tries (
  run_no INTEGER NOT NULL REFERENCES runs (no),
  case_no INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  waited_ms INTEGER NOT NULL,
  PRIMARY KEY (run_no, case_no, trial)
) STRICT, WITHOUT ROWID;
`;
