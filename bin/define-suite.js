// What `import { defineSuite } from "git-evals"` finds in a suite in TypeScript where the package is not installed beside it.
/** A suite as it is. */
export const defineSuite = (suite) => suite;
