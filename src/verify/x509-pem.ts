// PEM (RFC 7468): DER as text between two lines.

import { strictBase64 } from "../core/digest.ts";
import { DerError } from "./x509-der.ts";

export interface PemBlock {
  /** What the lines name: `CERTIFICATE`, `PUBLIC KEY`, … */
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** A bundle of authorities has some hundred. */
const MAX_BLOCKS = 2000;
const BORDER = /^-----(BEGIN|END) ([A-Z0-9 #]{1,40})-----$/;

/** Lines without blanks at their ends, one at a time: a list of millions of empty ones would fill our memory. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start <= text.length;) {
    const feed = text.indexOf("\n", start);
    const next = feed === -1 ? text.length : feed;
    // A regular expression would take quadratic time on blanks in the middle.
    let end = next;
    while (end > start && " \t\r".includes(text.charAt(end - 1))) end -= 1;
    yield text.slice(start, end);
    start = next + 1;
  }
}

/**
 * All blocks of a text, and whether anything but white space stands around them. No header lines inside, as in
 * section 3. @throws DerError when a block is not well formed
 */
export function readPem(bytes: Uint8Array): { readonly blocks: readonly PemBlock[]; readonly surrounded: boolean } {
  const blocks: PemBlock[] = [];
  let surrounded = false;
  let open: { label: string; lines: string[] } | undefined;
  for (const line of linesOf(Buffer.from(bytes).toString("latin1"))) {
    const [, border, label = ""] = BORDER.exec(line) ?? [];
    if (border === undefined) {
      if (open !== undefined) open.lines.push(line);
      else surrounded ||= line !== "";
    } else if (border === "BEGIN" && open === undefined) {
      open = { label, lines: [] };
    } else if (border === "END" && open?.label === label) {
      const der = strictBase64(open.lines.join(""));
      if (der === undefined) throw new DerError(`its ${label} block is not base64`);
      blocks.push({ label, bytes: der });
      open = undefined;
    } else throw new DerError("its BEGIN and END lines do not belong together");
    if (blocks.length > MAX_BLOCKS) throw new DerError(`it holds more than ${MAX_BLOCKS} blocks`);
  }
  if (open !== undefined) throw new DerError(`its ${open.label} block has no end`);
  return { blocks, surrounded };
}
