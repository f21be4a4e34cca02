/** The part of Node's SQLite (22.13 and later) that the store uses; the types of Node 20 lack it. */
declare module "node:sqlite" {
  export type SQLInputValue = null | number | bigint | string | Uint8Array;
  export interface StatementSync {
    run(...values: SQLInputValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
    get(...values: SQLInputValue[]): unknown;
    all(...values: SQLInputValue[]): unknown[];
    iterate(...values: SQLInputValue[]): IterableIterator<unknown>;
    /** `columns` and `setReturnArrays` exist since Node 22.16. */
    columns(): { name: string }[];
    setReturnArrays?(lists: boolean): void;
  }
  export class DatabaseSync {
    constructor(path: string);
    prepare(sql: string): StatementSync;
    exec(sql: string): void;
    close(): void;
  }
}
