/** Every table of a history. */
const TABLES = [
  ...["runs", "contents", "requests", "run_cases", "answers", "trials", "judgements", "lost_replies"],
  ...["trial_changes", "trajectories", "departures", "answer_counts", "traffic", "traffic_scores"],
  ...["traffic_salt", "batches", "batch_rows", "trial_tries", "processes", "schema_version"],
].join("|");

/** What SQLite has of its own and the schema brings here under the same name. */
const FUNCTIONS = "hex|total|json_extract|json_each";

const TABLE = new RegExp(`\\b(FROM|JOIN|INTO|UPDATE|ON|REFERENCES|TABLE|VIEW)(\\s+)(${TABLES})\\b`, "g");
const FUNCTION = new RegExp(`(?<!\\.)\\b(${FUNCTIONS})\\(`, "gi");

/**
 * A statement of the history as PostgreSQL takes it: numbered places, and every name with its schema, since a pooler may give each
 * statement another session, whose search path is not ours.
 */
export function postgresStatement(sql: string, schema: string): string {
  let places = 0;
  return named(sql, schema).replaceAll("?", () => `$${++places}`);
}

/** The same for a text of several statements, without places. */
export function named(sql: string, schema: string): string {
  return sql
    .replaceAll(TABLE, (_, word, space, table) => `${word}${space}${schema}.${table}`)
    .replaceAll(FUNCTION, (_, name: string) => `${schema}.${name.toLowerCase()}(`);
}
