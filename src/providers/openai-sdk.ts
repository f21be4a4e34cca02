// The SDK shares the check of header values with the start of the program (see `HeaderList`). As a module of ours it is
// built into the same files as the start, and the check needs no file of its own.
export { OpenAI } from "openai";
