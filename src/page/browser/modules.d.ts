// What the compiler meets on its way to the types that a page shares with the program, and never runs in a browser.
declare module "node:crypto";
declare module "*.css";
