// The package has no types of its own.
declare module "spdx-expression-parse" {
  namespace parse {
    interface LicenseInfo {
      readonly license: string;
      readonly plus?: true;
      readonly exception?: string;
    }
    interface ConjunctionInfo {
      readonly conjunction: "and" | "or";
      readonly left: Info;
      readonly right: Info;
    }
    type Info = LicenseInfo | ConjunctionInfo;
  }
  /** @throws Error, TypeError */
  function parse(source: string): parse.Info;
  export = parse;
}
