// The one kind of error that is meant for a person. Everything else that is thrown is a bug.

/** Closed set, so that tests and callers compare codes and never texts. */
export type ErrorCode =
  | "usage"
  | "input-missing"
  | "input-unreadable"
  | "input-not-a-file"
  | "input-empty"
  | "input-too-large"
  | "input-changed"
  | "output-failed"
  | "digest-malformed"
  | "json-malformed"
  | "policy-malformed"
  | "key-malformed";

/**
 * Something the user can mend: bad usage, an unreadable file, a malformed policy. Ends in exit 2.
 * `message` is lower case without a full stop; `hint` names the next thing to type.
 * Texts from outside are escaped where they are shown, not here.
 */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UserError";
    this.code = code;
    this.hint = options.hint;
  }
}
