import { EXIT } from "../../domain/exit-code.ts";
import { exportStore } from "../../operations/export-store.ts";
import { pruneStore } from "../../operations/prune-store.ts";
import { storeInfo } from "../../operations/store-info.ts";
import { verifyStore } from "../../operations/verify-store.ts";
import { documentLine } from "../../reports/json/documents.ts";
import { storeInfoDocument, storePruneDocument, storeVerifyDocument } from "../../reports/json/store.ts";
import { storeInfoText, storePruneText, storeVerifyText } from "../../reports/terminal/store.ts";
import type {
  StoreExportCall,
  StoreInfoCall,
  StorePruneCall,
  StoreVerifyCall,
} from "../declarations/store.ts";
import { printResult } from "../print-result.ts";

export async function storeInfoCommand({ io, options }: StoreInfoCall): Promise<number> {
  const size = await storeInfo(io, options);
  return printResult(io, options, {
    document: () => storeInfoDocument(size),
    text: () => storeInfoText(size),
  });
}

/** `evals store verify`: checks the history for damage. @returns exit code 1 when it is damaged */
export async function storeVerifyCommand({ io, options }: StoreVerifyCall): Promise<number> {
  const check = await verifyStore(io, options);
  const exit = check.faults.length === 0 ? EXIT.ok : EXIT.failed;
  return printResult(io, options, {
    exit,
    document: () => storeVerifyDocument(exit, check),
    text: () => storeVerifyText(check),
  });
}

export async function storePruneCommand({ io, options }: StorePruneCall): Promise<number> {
  const pruned = await pruneStore(io, options);
  return printResult(io, options, {
    document: () => storePruneDocument(pruned),
    text: () => storePruneText(pruned),
  });
}

/** The output is collected until it has this many characters, and then written to stdout. */
const CHUNK = 64_000;

export async function storeExportCommand({ io, options }: StoreExportCall): Promise<number> {
  let chunk = "";
  const { restricted } = await exportStore(io, options, async (line) => {
    chunk += documentLine(line);
    if (chunk.length < CHUNK) return;
    io.stdout(chunk);
    chunk = "";
    // Lets a slow reader of stdout catch up before more of the history is read.
    await new Promise((resolve) => setImmediate(resolve));
  });
  io.stdout(chunk);
  if (restricted > 0)
    io.stderr(
      `Texts of ${restricted} run${restricted === 1 ? "" : "s"} are left out: their dataset is restricted. \`evals show\` prints them.\n`,
    );
  return EXIT.ok;
}
