// The text form of a transcript: reading its commands, and writing them with what they printed.
//
//   transcript = "# fixture: " ( folder below fixtures/ / "none" ) LF *comment 1*( [LF] *comment step )
//   comment    = "#" [ " " text ] LF
//   step       = "$ " command LF *stdout *stderr [ "[exit " code "]" LF ]
//   stdout     = text LF             as printed; "\" stands before a line that would read as something else here
//   stderr     = "! " text LF
//
// Recorded output is never parsed: a transcript is right when writing it again gives the same bytes.

export interface Step {
  readonly comments: readonly string[];
  readonly command: string;
}

export interface Transcript {
  /** Folder below fixtures/ that is the working directory, or undefined for an empty one. */
  readonly fixture: string | undefined;
  readonly steps: readonly Step[];
}

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** @throws Error that names the line which is not a transcript's */
export function parseTranscript(text: string): Transcript {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line has no line feed");
  const fixture = /^# fixture: ([a-z0-9][a-z0-9/-]*)$/.exec(lines[0] ?? "")?.[1];
  if (fixture === undefined) throw new Error('line 1: "# fixture: FOLDER" or "# fixture: none" is expected');
  const steps: Step[] = [];
  let comments: string[] = [];
  for (const [index, line] of lines.entries()) {
    const at = `line ${index + 1}`;
    if (index === 0) continue;
    if (line.startsWith("$ ")) {
      steps.push({ comments, command: line.slice(2) });
      comments = [];
    } else if (line === "#" || line.startsWith("# ")) {
      if (/^# [a-z]+:/.test(line)) throw new Error(`${at}: unknown or misplaced directive: ${line}`);
      comments.push(line);
    } else if (line !== "" && (steps.length === 0 || comments.length > 0)) {
      throw new Error(`${at}: neither a comment nor a command ("$ …"): ${line}`);
    }
  }
  if (steps.length === 0) throw new Error("no command");
  if (comments.length > 0) throw new Error("the last comment belongs to no command");
  return { fixture: fixture === "none" ? undefined : fixture, steps };
}

/** The text of a transcript whose steps ended like this, one outcome a step. */
export function formatTranscript(transcript: Transcript, outcomes: readonly Outcome[]): string {
  const lines = [`# fixture: ${transcript.fixture ?? "none"}`];
  let spaced = false;
  transcript.steps.forEach((step, index) => {
    if (index > 0 && (spaced || step.comments.length > 0)) lines.push("");
    lines.push(...step.comments, `$ ${step.command}`);
    const output = outcomeLines(outcomes[index]);
    lines.push(...output);
    spaced = output.length > 0;
  });
  return `${lines.join("\n")}\n`;
}

function outcomeLines(outcome: Outcome | undefined): readonly string[] {
  if (outcome === undefined) return [];
  const lines = textLines(outcome.stdout).map((line) => (LOOKS_LIKE_SYNTAX.test(line) ? `\\${line}` : line));
  if (outcome.stdout !== "" && !outcome.stdout.endsWith("\n")) lines.push(NO_LINE_FEED);
  lines.push(...textLines(outcome.stderr).map((line) => (line === "" ? "!" : `! ${line}`)));
  if (outcome.exit !== 0) lines.push(`[exit ${outcome.exit}]`);
  return lines;
}

const NO_LINE_FEED = "[no line feed]";
const LOOKS_LIKE_SYNTAX = /^(?:\$ |#(?: |$)|!(?: |$)|\[exit |\[no line feed\]|\\)/;

function textLines(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n").map(visible);
}

/** Code points that would not show in an editor, or would change how the line shows. */
const HIDDEN = /(?!\t)[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/gu;

/** Makes what hides visible: a raw ESC in a program's output must not look like an escaped one. */
function visible(line: string): string {
  if (line.includes("‹U+")) throw new Error(`output holds the mark of hidden characters itself: ${line}`);
  return line.replace(
    HIDDEN,
    (character) => `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`,
  );
}
