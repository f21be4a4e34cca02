/**
 * Counts of an answer's trajectory, so that a scan need not read whole conversations. Only answers beyond a single
 * question and reply have a row.
 */
export const answerCounts = `
CREATE TABLE answer_counts (
  answer_id INTEGER PRIMARY KEY REFERENCES answers (id),
  steps INTEGER,
  turns INTEGER,
  failed_calls INTEGER,
  stopped INTEGER NOT NULL
) STRICT;
`;
