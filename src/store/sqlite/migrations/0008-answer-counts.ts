/**
 * What an answer's way amounts to in numbers, so that a scan need not read whole conversations. Only answers that are more than one
 * question and one reply have a row.
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
