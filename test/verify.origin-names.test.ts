// References to packages, and where evidence lies beside a file on a server.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import { packumentUrl, parseNpmReference, tarballName } from "../src/verify/origin.ts";
import { artifactAt, sidecarsOf, signaturesOfList } from "../src/verify/origin-sidecars.ts";

const REFERENCES: readonly (readonly [text: string, name: string, version: string])[] = [
  ["npm:tool@1.2.3", "tool", "1.2.3"],
  ["npm:@scope/tool@1.2.3", "@scope/tool", "1.2.3"],
  ["npm:@s.c_o-p~e/t.o_o-l~@0.0.0", "@s.c_o-p~e/t.o_o-l~", "0.0.0"],
  ["npm:Tool@1.0.0", "Tool", "1.0.0"],
  ["npm:7zip@1.0.0-rc.1", "7zip", "1.0.0-rc.1"],
  ["npm:tool@1.0.0-alpha.0.x-y.1a", "tool", "1.0.0-alpha.0.x-y.1a"],
];

test("a reference names a package and one exact version", () => {
  for (const [text, name, version] of REFERENCES) assert.deepEqual(parseNpmReference(text), { name, version });
});

const NO_REFERENCES: readonly (readonly [text: string, message: RegExp])[] = [
  ["tool@1.2.3", /not a reference/],
  ["NPM:tool@1.2.3", /not a reference/],
  ["npm:", /not a name/],
  ["npm:tool", /names no version/],
  ["npm:tool@", /names no version/],
  ["npm:@scope/tool", /names no version/],
  ["npm:@scope@1.0.0", /not a name/],
  ["npm:tool@latest", /not an exact version/],
  ["npm:tool@^1.2.3", /not an exact version/],
  ["npm:tool@1.2", /not an exact version/],
  ["npm:tool@1.2.x", /not an exact version/],
  ["npm:tool@v1.2.3", /not an exact version/],
  ["npm:tool@=1.2.3", /not an exact version/],
  ["npm:tool@01.2.3", /not an exact version/],
  ["npm:tool@1.2.3-01", /not an exact version/],
  ["npm:tool@1.2.3-", /not an exact version/],
  ["npm:tool@1.2.3+build", /not an exact version/],
  ["npm:tool@1.2.3 ", /not an exact version/],
  ["npm:tool@1.2.3\n", /not an exact version/],
  ["npm:tool@1.2.3@4.5.6", /not an exact version/],
  ["npm:tool@https://a.example/x.tgz", /not an exact version/],
  [`npm:tool@1.2.3-${"a".repeat(300)}`, /not an exact version/],
  ["npm:.tool@1.0.0", /not a name/],
  ["npm:_tool@1.0.0", /not a name/],
  ["npm:-tool@1.0.0", /not a name/],
  ["npm:..@1.0.0", /not a name/],
  ["npm:a/b@1.0.0", /not a name/],
  ["npm:@a/b/c@1.0.0", /not a name/],
  ["npm:@/b@1.0.0", /not a name/],
  ["npm:@a/@1.0.0", /not a name/],
  ["npm:@a/..@1.0.0", /not a name/],
  ["npm:@../b@1.0.0", /not a name/],
  ["npm:a%2fb@1.0.0", /not a name/],
  ["npm:a b@1.0.0", /not a name/],
  ["npm:tóol@1.0.0", /not a name/],
  ["npm:tool?x@1.0.0", /not a name/],
  ["npm:tool#x@1.0.0", /not a name/],
  ["npm:node_modules@1.0.0", /not a name/],
  ["npm:Favicon.ico@1.0.0", /not a name/],
  [`npm:${"a".repeat(215)}@1.0.0`, /not a name/],
];

test("what names more, less or something else is a usage error", () => {
  for (const [text, message] of NO_REFERENCES) {
    assert.throws(() => parseNpmReference(text), { name: "UserError", code: "usage", message }, text);
  }
});

test("a reference never leads out of its registry", () => {
  const registry = new URL("https://registry.example/npm/");
  for (const [text, name] of REFERENCES) {
    const url = packumentUrl(registry, parseNpmReference(text).name);
    assert.equal(url.href, `https://registry.example/npm/${name.replace("/", "%2f")}`);
  }
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a@/.~_-%2f?#\\:") }), (name) => {
      try {
        const { href } = packumentUrl(registry, parseNpmReference(`npm:${name}@1.0.0`).name);
        assert.ok(href.startsWith(registry.href) && !href.slice(registry.href.length).includes("/"), href);
      } catch (error) {
        assert.ok(error instanceof UserError && error.code === "usage", String(error));
      }
    }),
  );
});

test("a tarball is named with its scope", () => {
  assert.equal(tarballName({ name: "tool", version: "1.0.0" }), "tool-1.0.0.tgz");
  assert.equal(tarballName({ name: "@scope/tool", version: "1.0.0-rc.1" }), "scope-tool-1.0.0-rc.1.tgz");
});

const FILES: readonly (readonly [url: string, name: string | undefined])[] = [
  ["https://a.example/tool-1.0.tar.gz", "tool-1.0.tar.gz"],
  ["https://a.example/x/tool.sh?token=1#frag", "tool.sh"],
  ["https://a.example/x/a%20tool.zip", "a tool.zip"],
  ["https://a.example/t%C3%B6ol.zip", "töol.zip"],
  ["https://a.example/a+b.zip", "a+b.zip"],
  ["https://a.example/", undefined],
  ["https://a.example/x/", undefined],
  ["https://a.example/%2e%2e%2fpasswd", undefined],
  ["https://a.example/..%2f..%2fpasswd", undefined],
  ["https://a.example/a%2fb", undefined],
  ["https://a.example/a%5cb", undefined],
  ["https://a.example/a%00b", undefined],
  ["https://a.example/a%0ab", undefined],
  ["https://a.example/%e2%80%aegnp.exe", undefined],
  ["https://a.example/%ff", undefined],
  ["https://a.example/%", undefined],
  ["https://a.example/-rf", undefined],
  ["https://a.example/.bashrc", undefined],
  ["https://a.example/a.", undefined],
  ["https://a.example/C:x", undefined],
  [`https://a.example/${"a".repeat(201)}`, undefined],
];

test("a URL must end in the name of a file", () => {
  for (const [url, name] of FILES) {
    if (name === undefined)
      assert.throws(() => artifactAt(new URL(url)), { code: "usage", message: /name of a file/ }, url);
    else assert.equal(artifactAt(new URL(url)).name, name);
  }
});

test("evidence is asked for beside the artifact, and without the query", () => {
  const artifact = artifactAt(new URL("https://a.example:8443/r/v1/a%20tool.zip?token=secret#frag"));
  const found = sidecarsOf(artifact);
  const urls = found.map(({ url }) => url.href);
  for (const suffix of [".asc", ".sig", ".minisig", ".sigstore.json", ".sigstore", ".sha256", ".intoto.jsonl"])
    assert.ok(urls.includes(`https://a.example:8443/r/v1/a%20tool.zip${suffix}`), suffix);
  assert.ok(urls.includes("https://a.example:8443/r/v1/SHA256SUMS"));
  assert.ok(!urls.some((url) => url.includes("secret") || url.includes("#")));
  assert.equal(new Set(found.map(({ name }) => name.toLowerCase())).size, found.length, "no two have one name");
  assert.ok(
    found.every(({ name }) => name === artifactAt(new URL(`https://a.example/${encodeURIComponent(name)}`)).name),
  );
});

test("nothing is kept under the artifact's own name", () => {
  for (const name of ["SHA256SUMS", "sha256sums", "checksums.txt"]) {
    const found = sidecarsOf(artifactAt(new URL(`https://a.example/${name}`)));
    assert.ok(!found.some((file) => file.name.toLowerCase() === name.toLowerCase()));
  }
});

test("signatures are asked for beside lists alone", () => {
  const names = (name: string): readonly string[] =>
    signaturesOfList({ name, url: new URL(`https://a.example/r/${name}`) }).map((file) => file.url.pathname);
  assert.deepEqual(names("SHA256SUMS").slice(0, 2), ["/r/SHA256SUMS.asc", "/r/SHA256SUMS.sig"]);
  for (const name of ["SHASUMS256.txt", "checksums.txt", "SHA512SUMS", "tool.zip.sha256", "tool.zip.sha256sum"])
    assert.ok(names(name).includes(`/r/${name}.asc`), name);
  for (const name of ["tool.zip.asc", "SHASUMS256.txt.asc", "tool.zip.sigstore.json", "tool.zip.sig"])
    assert.deepEqual(names(name), [], name);
});
