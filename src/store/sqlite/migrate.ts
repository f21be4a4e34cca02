import { itemAt } from "../../domain/item-at.ts";
import { history } from "./migrations/0001-history.ts";
import { judgements } from "./migrations/0002-judgements.ts";
import { owners } from "./migrations/0003-owners.ts";
import { usage } from "./migrations/0004-usage.ts";
import { changes } from "./migrations/0005-changes.ts";
import { trajectories } from "./migrations/0006-trajectories.ts";
import { departures } from "./migrations/0007-departures.ts";
import { answerCounts } from "./migrations/0008-answer-counts.ts";
import { traffic } from "./migrations/0009-traffic.ts";
import { batches } from "./migrations/0010-batches.ts";
import { tries } from "./migrations/0011-tries.ts";
import { variants } from "./migrations/0012-variants.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { NewerSchema } from "./sqlite-errors.ts";

/**
 * All migrations in order. A released migration is never edited. The user_version of a database is the number of
 * migrations that were applied to it.
 */
export const MIGRATIONS: readonly string[] = [
  history,
  judgements,
  owners,
  usage,
  changes,
  trajectories,
  departures,
  answerCounts,
  traffic,
  batches,
  tries,
  variants,
];

/**
 * Migrates a database to this program's schema, each step in a transaction that also updates the version.
 *
 * @throws {NewerSchema} when a newer program wrote the database
 */
export function migrate(db: SqliteDatabase): void {
  const seen = () => db.pragma("user_version", { simple: true }) as number;
  if (seen() > MIGRATIONS.length)
    throw new NewerSchema(
      `it has schema version ${seen()}, but this program supports only versions up to ${MIGRATIONS.length}`,
    );
  if (seen() === MIGRATIONS.length) return;
  // Another process may be migrating too, so the version is read again under the write lock.
  db.transaction(() => {
    for (let next = seen(); next < MIGRATIONS.length; next++) {
      db.exec(itemAt(MIGRATIONS, next));
      db.pragma(`user_version = ${next + 1}`);
    }
  }).immediate();
}
