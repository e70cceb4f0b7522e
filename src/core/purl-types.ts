// What each type of package URL adds to the grammar: case, namespaces, names that cannot be. Data of its own, beside the
// parser of purl.ts.

export interface PurlTypeRules {
  /** Parts that are not case-sensitive, and canonically in lower case. */
  readonly lower?: readonly ("namespace" | "name" | "version")[];
  /** The host of a `repository_url` where names are not case-sensitive. */
  readonly lowerNameAt?: string;
  readonly namespace?: "required" | "prohibited";
  /** A namespace of one segment: the rest of the path is the name. */
  readonly nameIsPath?: true;
  /** A namespace and a name are one path that is cut at its last slash: a slash that was encoded is one, too. */
  readonly wholePath?: true;
  readonly normalName?: (name: string) => string;
  readonly validName?: RegExp;
  readonly validVersion?: RegExp;
  /** Qualifiers without which it names nothing. */
  readonly demanded?: readonly string[];
}

const BOTH = ["namespace", "name"] as const;

/**
 * What the definitions of the types (purl-spec, types/) say beyond the grammar. Types that are not here keep what is
 * written. Go modules are not here although their definition lower-cases them: Go tells `Masterminds` from `masterminds`.
 */
export const PURL_TYPES: ReadonlyMap<string, PurlTypeRules> = new Map(
  Object.entries({
    alpm: { lower: BOTH },
    apk: { lower: BOTH },
    bitbucket: { lower: BOTH },
    bitnami: { lower: ["name"] },
    brew: { lower: BOTH },
    "chrome-extension": {
      lower: ["name"],
      namespace: "prohibited",
      validName: /^[a-p]{32}$/,
      validVersion: /^\d+(?:\.\d+){0,3}$/,
    },
    composer: { lower: BOTH },
    cpan: { validName: /^(?:(?!::).)*$/s },
    deb: { lower: BOTH },
    git: { lower: BOTH, namespace: "required", nameIsPath: true },
    github: { lower: BOTH },
    gitlab: { lower: BOTH },
    golang: { wholePath: true },
    hex: { lower: BOTH },
    huggingface: { lower: ["version"] },
    julia: { demanded: ["uuid"] },
    luarocks: { lower: ["namespace", "name"] },
    mlflow: { lowerNameAt: "azuredatabricks.net" },
    npm: { wholePath: true },
    oci: { lower: ["name"] },
    otp: { lower: ["name"], namespace: "prohibited" },
    pub: { lower: ["name"], normalName: (name) => name.replaceAll("-", "_") },
    pypi: { lower: ["name"], normalName: (name) => name.replaceAll(/[-_.]+/g, "-") },
    qpkg: { lower: ["namespace"] },
    swift: { namespace: "required" },
    vcpkg: { lower: ["name"], namespace: "prohibited" },
    "vscode-extension": { lower: BOTH, namespace: "required" },
  } satisfies Record<string, PurlTypeRules>),
);
