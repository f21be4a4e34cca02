import * as z from "zod";
import { onFirstUse } from "../domain/on-first-use.ts";

/** Matches the paths in a case from which a prompt may take messages and files. */
export const CASE_PATH = /^(?:input|case\.metadata)(?:\.[A-Za-z_][\w-]*|\[\d+\])*$/;

const place = () => z.string().regex(CASE_PATH, "a place in the case: input.… or case.metadata.…");

/** The front matter of a prompt version. */
export const promptFrontMatterSchema = onFirstUse(() =>
  z.strictObject({
    description: z.string().optional().describe("What this version is for"),
    author: z.string().optional().describe("Who wrote it"),
    rationale: z.string().optional().describe("Why it differs from the version before"),
    model: z.string().optional().describe("The model that it was released with"),
    params: z.record(z.string(), z.unknown()).optional().describe("The parameters that it was released with"),
    images: place()
      .optional()
      .describe("Where in the case the paths of images are: they are sent with the last message of the user"),
    files: place().optional().describe("Where in the case the paths of documents are: PDF or text"),
    audio: place().optional().describe("Where in the case the paths of sound files are: WAV or MP3"),
    retrieval: z.unknown().optional().describe("The retrieval settings that it was released with; any value"),
  }),
);
export type PromptFrontMatter = z.output<ReturnType<typeof promptFrontMatterSchema>>;
