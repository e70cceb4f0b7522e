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
  /** A lockfile, SBOM or other source of an inventory cannot be read. */
  | "source-malformed"
  /** It can be told what it is, and it is not read here. */
  | "source-unsupported"
  /** It cannot be told what a path is. */
  | "source-unknown"
  | "policy-malformed"
  | "key-malformed"
  /** A socket was asked for, and none may be opened. */
  | "net-offline"
  /** Our own rules say no: scheme, host, address, redirect, encoding. */
  | "net-refused"
  /** The server says that it has no such thing (404, 410). */
  | "net-absent"
  /** The server does not give it out (other 4xx). */
  | "net-denied"
  | "net-too-large"
  /** Name, connection, TLS, time, a cut or odd answer, 5xx. */
  | "net-failed"
  | "npm-config-malformed"
  | "npm-registry-missing"
  /** What a registry says of a package cannot be used. */
  | "packument-malformed";

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
