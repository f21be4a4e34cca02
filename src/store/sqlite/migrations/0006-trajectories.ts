/**
 * What a target tells of its way to an answer beyond messages and tool calls: JSON of its retrievals, state, turns, steps and of the
 * limit that ended it. Only answers that tell such things have a row: a model that was asked once costs nothing more.
 */
export const trajectories = `
CREATE TABLE trajectories (
  answer_id INTEGER PRIMARY KEY REFERENCES answers (id),
  body TEXT NOT NULL
) STRICT;
`;
