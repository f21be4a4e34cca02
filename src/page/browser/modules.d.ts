// Modules that the compiler finds through shared types, and which never run in a browser.
declare module "node:crypto";
declare module "*.css";
