export { EXIT, exitCodeFor } from "../domain/exit-code.ts";
