// What a package is called inside, as signatures, attestations and server.json name it. Separate, because whoever reads
// packages and whoever judges what is said of them must mean the same by it.

/** What a package says of itself, inside. Attacker-controlled. */
export interface PackageName {
  readonly ecosystem: "npm" | "pypi" | "mcpb";
  readonly name: string;
  readonly version: string;
  /** Name of the MCP server that the package claims to be (`mcpName`, `mcp-name:`). */
  readonly serverName?: string;
}
