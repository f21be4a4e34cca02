/**
 * When calls left for models that the user gives limits to, so that several processes keep to them together. Rows older than the
 * longest limit mean nothing and are deleted in passing.
 */
export const departures = `
CREATE TABLE departures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model TEXT NOT NULL,
  at INTEGER NOT NULL,
  tokens INTEGER NOT NULL
) STRICT;
CREATE INDEX departures_by_model ON departures (model, id);
`;
