/**
 * Counts of an answer's steps, turns and failed tool calls, and whether a limit ended it, so that a scan need not read
 * whole conversations. Answers of a single question and reply have no row.
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
