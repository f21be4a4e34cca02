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
 * Converts a statement for PostgreSQL: numbered parameters, and the schema in front of every table and function.
 * PostgreSQL's search path cannot be relied on, because a connection pooler may run each statement in another
 * session.
 */
export function postgresStatement(sql: string, schema: string): string {
  let places = 0;
  return named(sql, schema).replaceAll("?", () => `$${++places}`);
}

/** Puts the schema in front of every table and function in a text of one or more statements. */
export function named(sql: string, schema: string): string {
  return sql
    .replaceAll(TABLE, (_, word, space, table) => `${word}${space}${schema}.${table}`)
    .replaceAll(FUNCTION, (_, name: string) => `${schema}.${name.toLowerCase()}(`);
}
