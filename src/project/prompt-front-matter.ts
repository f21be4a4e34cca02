import * as z from "zod";

/** What stands between the `---` lines of a prompt version. */
export const PromptFrontMatter = z.strictObject({
  description: z.string().optional().describe("What this version is for"),
  author: z.string().optional().describe("Who wrote it"),
  rationale: z.string().optional().describe("Why it differs from the version before"),
  model: z.string().optional().describe("The model that it was released with"),
  params: z.record(z.string(), z.unknown()).optional().describe("The parameters that it was released with"),
  retrieval: z.unknown().optional().describe("The retrieval settings that it was released with; any value"),
});
export type PromptFrontMatter = z.output<typeof PromptFrontMatter>;
