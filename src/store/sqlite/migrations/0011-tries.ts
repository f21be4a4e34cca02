/** Attempts and waiting time of trials that needed more than one attempt or waited a second or more. */
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
