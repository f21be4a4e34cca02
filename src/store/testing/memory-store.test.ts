import { storeBatchesContract } from "../store-batches-contract.ts";
import { storeCareContract } from "../store-care-contract.ts";
import { type StorePlace, storeContract } from "../store-contract.ts";
import { storeJudgementsContract } from "../store-judgements-contract.ts";
import { storeProcessContract } from "../store-process-contract.ts";
import { storeReadsContract } from "../store-reads-contract.ts";
import { storeTrafficContract } from "../store-traffic-contract.ts";
import { emptyMemory, memoryStore } from "./memory-store.ts";

const place = (): StorePlace => {
  const memory = emptyMemory();
  return { open: (self) => memoryStore(memory, self), remove: () => {} };
};
storeContract("a store in memory", place);
storeBatchesContract("a store in memory", place);
storeCareContract("a store in memory", place);
storeProcessContract("a store in memory", place);
storeReadsContract("a store in memory", place);
storeJudgementsContract("a store in memory", place);
storeTrafficContract("a store in memory", place);
