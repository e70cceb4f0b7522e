// The type of what validators.mjs compiles: `#cyclonedx/1.6` is dist/cyclonedx-1.6.cjs (package.json, `imports`).

declare module "#cyclonedx/*" {
  interface SchemaError {
    /** JSON Pointer into the document. */
    readonly instancePath: string;
    readonly keyword: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly message?: string;
  }

  interface Validator {
    (document: unknown): boolean;
    /** Of the last call. */
    readonly errors?: readonly SchemaError[] | null;
  }

  const validator: Validator;
  export default validator;
}
