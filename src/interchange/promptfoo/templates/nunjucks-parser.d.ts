/** Only the parser of nunjucks is used; it has no types. */
declare module "nunjucks/src/parser.js" {
  export function parse(source: string): unknown;
}
