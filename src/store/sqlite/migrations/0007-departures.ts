/**
 * When calls were sent to models for which the user set rate limits, so that several processes share the limits.
 * Rows older than the longest limit are deleted from time to time.
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
