/**
 * The trajectory of an answer beyond messages and tool calls: JSON of its retrievals, state, turns, steps and the
 * limit that ended it. Only answers with such data have a row, so a single question and answer takes no extra space.
 */
export const trajectories = `
CREATE TABLE trajectories (
  answer_id INTEGER PRIMARY KEY REFERENCES answers (id),
  body TEXT NOT NULL
) STRICT;
`;
