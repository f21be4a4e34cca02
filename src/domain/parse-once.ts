/**
 * How zod reads a value of which a process sees few: config, suites, front matter, options. By default it writes and compiles
 * a function for each schema, which pays only after hundreds of values.
 */
export const ONCE = { jitless: true } as const;
