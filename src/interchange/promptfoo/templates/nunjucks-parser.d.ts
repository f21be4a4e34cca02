/** Of nunjucks only the parser is used: it has no types of its own. */
declare module "nunjucks/src/parser.js" {
  export function parse(source: string): unknown;
}
