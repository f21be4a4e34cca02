import * as z from "zod";
import { isSendable } from "../domain/header-value.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const Name = z.string().refine((name) => TOKEN.test(name), "a header's name is letters, digits and hyphens");
const Value = z.string().refine(isSendable, "one line of Latin letters");

/** Extra headers of a model's requests. */
export const HeaderSettings = z
  .record(Name, Value)
  .default({})
  .describe("Extra headers; ${env:NAME} is filled from the environment");
