// The table of output formats. Add one here.

import type { Format } from "./format.ts";

/** Each format is loaded when it is asked for. */
export const FORMATS = {
  human: async () => (await import("./human.ts")).human,
  json: async () => (await import("./json.ts")).json,
  sarif: async () => (await import("./sarif.ts")).sarif,
  markdown: async () => (await import("./markdown.ts")).markdown,
  junit: async () => (await import("./junit.ts")).junit,
} satisfies Record<string, () => Promise<Format>>;

export type FormatName = keyof typeof FORMATS;
