import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { sha256 } from "../../domain/json.ts";

/** The port of a labelling page on this machine, and the secret token in its URL. */
const Address = z.object({ port: z.int().min(1).max(65_535), token: z.string().regex(/^[0-9a-f]{32}$/) });
export type Address = z.output<typeof Address>;

export interface AddressFile {
  /** The address of an unfinished session, so that its open page can continue; null when there is none. */
  read(): Address | null;
  write(address: Address): void;
  remove(): void;
}

/**
 * The file under .evals/ that keeps the page's address, one file for each rater and suite. Only the system user who
 * runs this process can read the file.
 */
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
