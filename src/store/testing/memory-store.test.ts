import { storeContract } from "../store-contract.ts";
import { emptyMemory, memoryStore } from "./memory-store.ts";

storeContract("a store in memory", () => {
  const memory = emptyMemory();
  return { open: () => memoryStore(memory), remove: () => {} };
});
