import { matches, type Range, WORD_START } from "./word-start.ts";

/** Prefixes and lengths of the API keys that providers issue. */
const SHAPES = [
  "[srp]k[-_](?=[\\w-]*\\d)[\\w-]{8,}",
  "sk-[\\w-]{20,}",
  "(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}",
  "gh[pousr]_\\w{30,}",
  "github_pat_\\w{22,}",
  "gl(?:pat|dt|rt|ft|soat)-[\\w.-]{20,}",
  "xox[abeoprs]-[\\w-]{10,}",
  "xapp-[\\w-]{20,}",
  "AIza[\\w-]{30,}",
  "GOCSPX-[\\w-]{20,}",
  "ya29\\.[\\w-]{20,}",
  "hf_[A-Za-z0-9]{30,}",
  "(?:gsk|xai|pplx|r8|nvapi|tvly|csk|npm|dop_v1|shpat|whsec|lin_api|fw)[-_][A-Za-z0-9_-]{20,}",
  "pypi-[\\w-]{40,}",
  "SG\\.[\\w-]{16,}\\.[\\w-]{16,}",
  "eyJ[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]{5,}",
  "(?:Bearer|Basic)\\s+(?!\\[)[\\w.~+/-]{20,}=*",
];
const KEY = new RegExp(`${WORD_START}(?:${SHAPES.join("|")})`, "g");
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----END )[\s\S])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g;

/** Finds API keys and private keys. */
export function findKeys(text: string): Range[] {
  const all = [...matches(KEY, text, () => true), ...matches(PRIVATE_KEY, text, () => true)];
  return all.sort(([a], [b]) => a - b);
}
