import type { PaceBook } from "../database.ts";
import type { Postgres } from "./connect.ts";

export function paceBook(postgres: Postgres): PaceBook {
  return {
    lease: (model, within_ms, decide) =>
      postgres.patiently(() =>
        postgres.transaction(async (sql) => {
          await sql.query("INSERT INTO evals.pace (model) VALUES ($1) ON CONFLICT DO NOTHING", [model]);
          await sql.query("SELECT 1 FROM evals.pace WHERE model = $1 FOR UPDATE", [model]);
          // The time is read after the lock is acquired, because acquiring it may take a while.
          await sql.query(
            "DELETE FROM evals.departures WHERE model = $1 AND at <= clock_timestamp() - make_interval(secs => $2)",
            [model, within_ms / 1000],
          );
          // A call with a time in the future was recorded before the clock was set back. Its true time is unknown, so
          // it counts as sent now.
          await sql.query(
            "UPDATE evals.departures SET at = clock_timestamp() WHERE model = $1 AND at > clock_timestamp()",
            [model],
          );
          const { rows } = await sql.query(
            "SELECT (extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS age_ms, requests, tokens FROM evals.departures WHERE model = $1 ORDER BY at",
            [model],
          );
          const granted = decide(rows);
          if (granted.requests > 0)
            await sql.query(
              "INSERT INTO evals.departures (model, at, requests, tokens) VALUES ($1, clock_timestamp(), $2, $3)",
              [model, granted.requests, granted.tokens],
            );
          return granted;
        }),
      ),
  };
}
