// Declares Node modules that the compiler reaches through shared types; they never run in a browser.
declare module "node:crypto";
declare module "*.css";
