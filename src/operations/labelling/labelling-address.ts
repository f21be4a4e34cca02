import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { sha256 } from "../../domain/json.ts";

/** Where a page is served; readable only by this user. */
const Address = z.object({ port: z.int().min(1).max(65_535), token: z.string().regex(/^[0-9a-f]{32}$/) });
export type Address = z.output<typeof Address>;

export interface AddressFile {
  /** The address of an unfinished session, so that its open page can continue. */
  read(): Address | null;
  write(address: Address): void;
  remove(): void;
}

/** One file per rater and suite under .evals/, readable only by this user. */
export function addressFile(root: string, suite: string, rater: string): AddressFile {
  const place = join(root, ".evals", "labelling", `${sha256(`${suite}\n${rater}`).slice(0, 16)}.json`);
  return {
    read: () => {
      try {
        return Address.parse(JSON.parse(readFileSync(place, "utf8")));
      } catch {
        return null;
      }
    },
    write: (address) => {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, `${JSON.stringify(address)}\n`, { mode: 0o600 });
    },
    remove: () => rmSync(place, { force: true }),
  };
}
