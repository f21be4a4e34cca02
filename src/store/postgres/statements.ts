/** All tables of a store. */
const TABLES = [
  ...["runs", "contents", "requests", "run_cases", "answers", "trials", "judgements", "lost_replies"],
  ...["trial_changes", "trajectories", "departures", "answer_counts", "traffic", "traffic_scores"],
  ...["traffic_salt", "batches", "batch_rows", "trial_tries", "processes", "schema_version"],
].join("|");

/** SQLite functions that this program defines in the PostgreSQL schema under the same names. */
const FUNCTIONS = "hex|total|json_extract|json_each";

const TABLE = new RegExp(`\\b(FROM|JOIN|INTO|UPDATE|ON|REFERENCES|TABLE|VIEW)(\\s+)(${TABLES})\\b`, "g");
const FUNCTION = new RegExp(`(?<!\\.)\\b(${FUNCTIONS})\\(`, "gi");

/**
 * Converts a statement for PostgreSQL: numbered parameters, and every name with its schema, because a connection
 * pooler may use a session with another search path for each statement.
 */
export function postgresStatement(sql: string, schema: string): string {
  let places = 0;
  return named(sql, schema).replaceAll("?", () => `$${++places}`);
}

/** Adds the schema to every name in a text of one or more statements. */
export function named(sql: string, schema: string): string {
  return sql
    .replaceAll(TABLE, (_, word, space, table) => `${word}${space}${schema}.${table}`)
    .replaceAll(FUNCTION, (_, name: string) => `${schema}.${name.toLowerCase()}(`);
}
