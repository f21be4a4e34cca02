/** A file of another language, as its text. */
declare module "*.txt" {
  const text: string;
  export default text;
}
