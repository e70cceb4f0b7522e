// The line on the terminal, by ora. A file of its own, because few runs take long enough to load it.

import ora from "ora";

export interface Spinner {
  text: string;
  stop(): unknown;
}

/** Leaves the cursor and standard input alone, so that an interrupt needs no repair. */
export function startSpinner(text: string): Spinner {
  return ora({ text, hideCursor: false, discardStdin: false, isEnabled: true }).start();
}
