// undici has no export map, and its whole index takes three times as long to load as the parts that are needed.
declare module "undici/lib/dispatcher/pool.js" {
  import type { Pool } from "undici";

  const pool: typeof Pool;
  export default pool;
}
