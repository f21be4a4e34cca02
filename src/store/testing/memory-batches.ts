import type { Batches, BatchRow, StoredBatch } from "../batches.ts";

interface MemoryBatch extends StoredBatch {
  readonly run_no: number;
  readonly rows: readonly BatchRow[];
  readonly failed: readonly string[];
}

/** Batches of a store in memory. @param now milliseconds since 1970, UTC */
export function memoryBatches(kept: MemoryBatch[], now: number): Batches {
  const change = (no: number, changes: Partial<MemoryBatch>): void => {
    const at = kept.findIndex((one) => one.no === no);
    kept[at] = { ...(kept[at] as MemoryBatch), ...changes };
  };
  return {
    ofRun: (runNo) =>
      kept
        .filter((one) => one.run_no === runNo)
        .map(({ no, asker, state, file, remote, at }) => ({ no, asker, state, file, remote, at })),
    elsewhere: (runNo, asker) =>
      kept
        .filter((one) => one.run_no !== runNo && one.asker === asker)
        .filter(({ state }) => state === "asked" || state === "sent")
        .map(({ rows: _rows, failed: _failed, ...batch }) => batch),
    rows: (batchNo) => [...(kept.find(({ no }) => no === batchNo)?.rows ?? [])],
    tries: (runNo, asker) => {
      const tries = new Map<string, { batches: number; failed: number }>();
      for (const batch of kept) {
        if (batch.run_no !== runNo || batch.asker !== asker) continue;
        for (const { what, custom_id } of batch.rows) {
          const { batches, failed } = tries.get(what) ?? { batches: 0, failed: 0 };
          tries.set(what, {
            batches: batches + 1,
            failed: failed + (batch.failed.includes(custom_id) ? 1 : 0),
          });
        }
      }
      return tries;
    },
    plan: (run_no, asker, rows) => {
      const no = kept.length + 1;
      kept.push({ no, run_no, asker, state: "planned", file: null, remote: null, at: now, rows, failed: [] });
      return no;
    },
    asked: (no, file) => change(no, { state: "asked", file }),
    sent: (no, remote) => change(no, { state: "sent", remote }),
    read: (no, failed) => change(no, { state: "read", failed }),
  };
}

export type { MemoryBatch };
