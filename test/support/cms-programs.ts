// What openssl cms says of a signature. It is asked about the signature and the chain, not about the purpose.

import { execFile } from "node:child_process";
import { tool } from "./tools.ts";

/** Paths of the three files. */
export interface CmsCase {
  readonly signature: string;
  readonly document: string;
  /** PEM; undefined: the chain is not asked about. */
  readonly authorities?: string;
  /** Seconds since 1970. */
  readonly at?: number;
  readonly form?: "DER" | "PEM";
}

/** Whether OpenSSL takes the signature for good. @throws Error unless the program exits by itself */
export async function opensslVerifies({
  signature,
  document,
  authorities,
  at,
  form = "DER",
}: CmsCase): Promise<boolean> {
  const chain = authorities === undefined ? ["-noverify"] : ["-CAfile", authorities, "-purpose", "any", "-no-CApath"];
  const args = ["cms", "-verify", "-binary", "-inform", form, "-in", signature, "-content", document, ...chain];
  const when = at === undefined ? [] : ["-attime", `${at}`];
  const options = { env: { LC_ALL: "C" }, encoding: "latin1", timeout: 20_000 } as const;
  return await new Promise((resolve, reject) => {
    execFile(tool("openssl").path, [...args, ...when, "-out", "/dev/null"], options, (error) => {
      if (error === null) resolve(true);
      else if (typeof error.code === "number") resolve(false);
      else reject(new Error(`openssl ${args.join(" ")}: ended by ${error.signal ?? "nothing"}`, { cause: error }));
    });
  });
}
