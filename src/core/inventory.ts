// The model of what is installed or would be: every source of inventory/ answers in it, and SBOM, comparison and
// approval are made from it. Plain data; all text in it is from outside and is escaped where it is shown.

import type { Digest } from "./digest.ts";
import type { Finding, Skipped } from "./report.ts";

/** What a component is: the values of CycloneDX `component.type` that occur here. */
export type ComponentKind =
  | "application"
  | "library"
  | "file"
  | "container"
  | "framework"
  | "operating-system"
  | "device"
  | "firmware"
  | "platform"
  | "device-driver"
  | "machine-learning-model"
  | "data"
  | "cryptographic-asset";

/** Why a component is there. `development` and `peer` only where nothing else asks for it; `optional` may be absent. */
export type Scope = "runtime" | "development" | "optional" | "peer";

/**
 * Where the bytes come from. Every `url` went through `publicUrl` (core/public-url.ts): no userinfo, no query, no
 * fragment, no local path.
 */
export type Origin =
  /** A package registry or index. `host` also where the lockfile gives no full URL. */
  | { readonly kind: "registry"; readonly url?: string; readonly host?: string }
  /** `commit` only when it is a full hash: a branch or tag (`reference`) pins nothing. */
  | {
      readonly kind: "git";
      readonly url?: string;
      readonly host?: string;
      readonly commit?: string;
      readonly reference?: string;
    }
  /** An archive at a URL that no registry vouches for. */
  | { readonly kind: "url"; readonly url?: string; readonly host?: string }
  /** A local archive or folder; `path` is relative to the source, and absent where it lies outside or is absolute. */
  | { readonly kind: "file" | "directory"; readonly path?: string }
  /** Part of the project itself: its root, or a workspace member. */
  | { readonly kind: "workspace"; readonly path?: string }
  /** Came inside another package's archive. */
  | { readonly kind: "bundled"; readonly within?: string }
  /** The source does not say. */
  | { readonly kind: "unknown" };

/** One file that a component can be installed from: a tarball, one of many wheels. */
export interface Distribution {
  /** Public (see `Origin`). */
  readonly url?: string;
  /** `name-1.0-py3-none-any.whl`; attacker-controlled, never a path to open. */
  readonly fileName?: string;
  readonly digests: readonly Digest[];
  /** Bytes. */
  readonly size?: number;
}

/** A script that a package manager runs at installation. */
export interface InstallScript {
  /** `preinstall`, `install`, `postinstall`, `prepare`; `node-gyp` where `binding.gyp` implies one. Absent: a lockfile says only that there is one. */
  readonly name?: string;
  /** SHA-256 (lower-case hex) of the UTF-8 bytes of the command, or of binding.gyp. Absent where the source has no body. */
  readonly sha256?: string;
}

/** A file inside a component that matters by itself. */
export interface FileFact {
  /** Below the component, with `/`. */
  readonly path: string;
  readonly sha256?: string;
  /** Bytes. */
  readonly size?: number;
}

/** What is worth knowing about a component before it runs. Absent members: the source does not say. */
export interface Facts {
  /** Empty: the package's own files were read, and there is none. A lockfile that is silent proves nothing: absent. */
  readonly installScripts?: readonly InstallScript[];
  /** Name under which it is installed, where that is not its own. */
  readonly alias?: string;
  readonly bundled?: true;
  /** On disk, and nothing asks for it. */
  readonly extraneous?: true;
  readonly linked?: true;
  readonly private?: true;
  /** Why its publisher wants nobody to use it; empty text when no reason is given. */
  readonly deprecated?: string;
  /** Withdrawn from the index; the reason, or empty text. */
  readonly yanked?: string;
  /** Patched, overridden or replaced by the project: `pnpm patch`, yarn's `patch:`, overrides, Go's replace. A clause. */
  readonly patched?: string;
  /** Commands that it installs. */
  readonly commands?: readonly string[];
  /** Shared libraries, `.node`, wasm, programs, by content. */
  readonly nativeFiles?: readonly FileFact[];
  /** Other files with an execute bit or `#!`. */
  readonly executables?: readonly FileFact[];
  /** `linux`, `!win32`; wheel tags; environment markers. */
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  /** `node >=20`, `python >=3.10`. */
  readonly engines?: readonly string[];
  /** PEP 508 marker under which it is installed. */
  readonly marker?: string;
  /** What the project asked for, where the lock says: `^1.2.0`. */
  readonly requested?: string;
  /** go.sum and Go module hash, `h1:…`, as written: no digest of one file. */
  readonly goSum?: string;
  /** go.sum's hash of the module's go.mod. */
  readonly goModSum?: string;
  /** Other checksums over something that is no one file (berry's cache checksum: `yarn:10c0/HEX`), or that nobody compares (`npm:sha512-…` of git and bundled packages). */
  readonly otherChecksums?: readonly string[];
  /** MCP: what a bundle's manifest says. Each a short text; values of environment variables never. */
  readonly mcp?: McpFacts;
}

export interface McpFacts {
  readonly serverType?: string;
  readonly entryPoint?: string;
  /** Command and arguments as one JSON array. */
  readonly launch?: string;
  /** Where another command is started on a platform (`darwin`, `linux`, `win32`): likewise. */
  readonly platformLaunches?: readonly { readonly platform: string; readonly launch: string }[];
  /** Names of environment variables that it is given. */
  readonly environment?: readonly string[];
  readonly tools?: readonly { readonly name: string; readonly descriptionSha256?: string }[];
  readonly prompts?: readonly { readonly name: string; readonly descriptionSha256?: string }[];
  /** Names of `user_config` entries that are secrets. */
  readonly sensitiveConfig?: readonly string[];
  /** `mcpName` of an npm package, `mcp-name:` of a Python one. */
  readonly serverNames?: readonly string[];
  readonly signed?: boolean;
}

/** What a package or SBOM says of a component; nobody has checked it. */
export interface Statements {
  readonly description?: string;
  /** `Name <mail> (url)` as written. */
  readonly author?: string;
  readonly publisher?: string;
  readonly supplier?: string;
  readonly homepage?: string;
  readonly repository?: string;
  readonly issues?: string;
  /** SPDX identifier or expression, or free text, as written. */
  readonly license?: string;
}

/** One node of what is installed: the same package in two places is two components. */
export interface Component {
  /** Unique in its inventory, the same on each run and machine; the lockfile's own key where it has one. The root's is `""`. */
  readonly key: string;
  readonly kind: ComponentKind;
  /** As its ecosystem writes it, with scope or module path: `@acme/server`, `github.com/acme/server`. */
  readonly name: string;
  /** Absent where the source states none. */
  readonly version?: string;
  /** Canonical (core/purl.ts). Absent where there is no type for it. */
  readonly purl?: string;
  /** Of the one file or archive that it is; every algorithm that was stated. Several files: `distributions`. */
  readonly digests: readonly Digest[];
  readonly distributions?: readonly Distribution[];
  /** Why there is no digest, here or in `distributions`, as a clause; demanded of each component without one. */
  readonly undigested?: string;
  readonly scope: Scope;
  readonly origin: Origin;
  /** Keys of components of this inventory. Absent: the source does not say what it needs. Empty: it needs nothing. */
  readonly dependsOn?: readonly string[];
  readonly facts: Facts;
  readonly statements?: Statements;
  /** Where it lies or is locked, relative to the source: `node_modules/a`. */
  readonly location?: string;
  /** Further places of the same, where the source (an SBOM) has already put copies together. */
  readonly otherLocations?: readonly string[];
  /** File (as shown) and 1-based line that this was read from, for findings. */
  readonly file?: string;
  readonly line?: number;
}

/** A finding before its level is decided. The rule's own level, unless the reader has a reason. */
export type Remark = Omit<Finding, "level" | "waived"> & Partial<Pick<Finding, "level">>;

/** What an SBOM says of itself. */
export interface BomDocument {
  /** `CycloneDX 1.6`, `SPDX-2.3`. */
  readonly format: string;
  /** As written. */
  readonly timestamp?: string;
  readonly authors: readonly string[];
  readonly supplier?: string;
  readonly manufacturer?: string;
  readonly tools: readonly string[];
}

export interface Inventory {
  /** How messages call the source. */
  readonly path: string;
  /** Of the source file, where it is one file. */
  readonly digest?: Digest;
  /** Bytes of that file. */
  readonly size?: number;
  /** What it is all for: the project, the package, the file. Key `""`. */
  readonly root: Component;
  /** Without the root. */
  readonly components: readonly Component[];
  /**
   * `complete`: all that is installed is here, with its edges. `incomplete`: something is known to be missing, and a
   * remark `inventory-incomplete` says what. `unknown`: the source cannot tell.
   */
  readonly completeness: "complete" | "incomplete" | "unknown";
  readonly remarks: readonly Remark[];
  readonly skipped: readonly Skipped[];
  readonly document?: BomDocument;
}
