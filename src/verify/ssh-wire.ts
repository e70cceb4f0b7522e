// The data types of SSH (RFC 4251 section 5), read strictly: byte, uint32, string, mpint.

/** Bytes that do not have the form they must have; `message` is a clause for people. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "WireError";
  }
}

/** Each method reads the next field, and throws WireError where the bytes end too early. */
export interface WireReader {
  byte(): number;
  uint32(): number;
  string(): Buffer;
  /** A string that must be UTF-8 without control characters. */
  text(): string;
  /** A positive integer in its shortest form: its magnitude, big-endian, without leading zeros. */
  positive(): Buffer;
  /** @throws WireError when something follows */
  end(): void;
}

/** @param what how messages name the structure: `the public key` */
export function readWire(bytes: Uint8Array, what: string): WireReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const take = (length: number): Buffer => {
    if (length > buffer.length - at) throw new WireError(`${what} ends too early`);
    at += length;
    return buffer.subarray(at - length, at);
  };
  const string = (): Buffer => take(take(4).readUInt32BE());
  return {
    byte: () => take(1).readUInt8(),
    uint32: () => take(4).readUInt32BE(),
    string,
    text() {
      const text = decodeUtf8(string());
      if (text === undefined || /[\0-\x1f\x7f]/.test(text)) throw new WireError(`${what} holds a name that is no text`);
      return text;
    },
    positive() {
      const written = string();
      const [first = 0, second = 0] = written;
      const padded = first === 0;
      if (written.length === 0 || first >= 0x80 || (padded && (written.length === 1 || second < 0x80)))
        throw new WireError(`${what} holds a number that is not positive, or not in its shortest form`);
      return padded ? written.subarray(1) : written;
    },
    end() {
      if (at !== buffer.length) throw new WireError(`something follows ${what}`);
    },
  };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}

/** A string: its length, and itself. */
export function writeString(value: Uint8Array | string): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
