/**
 * Makes zod interpret schemas for values that are parsed rarely: config, suites, front matter, options. By default it
 * compiles a function per schema, which is only worthwhile after hundreds of values.
 */
export const ONCE = { jitless: true } as const;
