// URLs and paths as they may be published: no secret, no place of this machine.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { publicPath, publicUrl } from "../src/core/public-url.ts";

const URLS: readonly (readonly [text: string, url: string | undefined, redacted?: true])[] = [
  ["https://registry.npm.example/a/-/a-1.0.0.tgz", "https://registry.npm.example/a/-/a-1.0.0.tgz"],
  ["https://registry.npm.example:8443/a.tgz", "https://registry.npm.example:8443/a.tgz"],
  ["HTTPS://Registry.NPM.example/A", "https://registry.npm.example/A"],
  ["https://user:s3cr3t@host.example/a.tgz?token=Q#frag", "https://host.example/a.tgz", true],
  ["https://TOKEN@host.example/a.tgz", "https://host.example/a.tgz", true],
  ["https://host.example/a.tgz?token=Q", "https://host.example/a.tgz", true],
  ["https://host.example/a.tgz#sha1", "https://host.example/a.tgz"],
  ["git+ssh://git@host.example/x/y.git#0123", "git+ssh://host.example/x/y.git"],
  ["git+https://oauth2:s3cr3t@host.example/x/y.git", "git+https://host.example/x/y.git", true],
  ["git@host.example:x/y.git", "ssh://host.example/x/y.git"],
  ["alice@host.example:x/y.git", "ssh://host.example/x/y.git"],
  ["git+git@host.example:x/y.git", "git+ssh://host.example/x/y.git"],
  ["https://host.example/%2e%2e/a", "https://host.example/a"],
  ["file:///home/alice/a.tgz", undefined],
  ["file:../a.tgz", undefined],
  ["git+file:///home/alice/repo", undefined],
  ["link:../a", undefined],
  ["/home/alice/a.tgz", undefined],
  ["../a.tgz", undefined],
  ["C:\\Users\\alice\\a.tgz", undefined],
  ["c:/Users/alice", undefined],
  ["github:acme/server", undefined],
  ["not a url", undefined],
  ["https://", undefined],
  ["", undefined],
  [`https://host.example/${"a".repeat(9000)}`, undefined],
];

for (const [text, url, redacted] of URLS) {
  test(`public URL of ${text.slice(0, 60)}`, () => {
    const found = publicUrl(text);
    assert.equal(found?.url, url);
    if (url !== undefined) assert.equal(found?.redacted, redacted ?? false);
  });
}

test("public URL: what stands before the @, behind the ? or the # never comes out", () => {
  const word = fc.stringMatching(/^[a-z]{6,12}$/);
  fc.assert(
    fc.property(
      word,
      word,
      word,
      word,
      fc.constantFrom("https", "git+https", "ssh", "git+ssh"),
      (a, b, c, d, scheme) => {
        const found = publicUrl(`${scheme}://${a}A:${b}B@host.example/path?${c}C=1#${d}D`);
        assert.ok(found !== undefined && found.redacted);
        for (const secret of [`${a}A`, `${b}B`, `${c}C`, `${d}D`]) assert.ok(!found.url.includes(secret));
      },
    ),
  );
});

test("public URL: what is not parsed is what parsing gives", () => {
  const part = fc.stringMatching(/^[A-Za-z0-9@.~_+-]{1,8}$/);
  const host = fc.array(fc.stringMatching(/^[a-z0-9-]{1,6}$/), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(host, fc.array(part, { maxLength: 4 }), (labels, parts) => {
      const text = `https://${labels.join(".")}/${parts.join("/")}`;
      const parsed = URL.canParse(text) ? new URL(text) : undefined;
      const url = parsed === undefined ? undefined : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
      assert.equal(publicUrl(text)?.url, url);
      assert.equal(publicUrl(text)?.host, parsed?.host);
    }),
    { numRuns: 2000 },
  );
});

const PATHS: readonly (readonly [text: string, path: string | undefined])[] = [
  ["packages/a", "packages/a"],
  ["./packages//a/", "packages/a"],
  ["packages\\a", "packages/a"],
  [".", ""],
  ["../a", undefined],
  ["a/../../b", undefined],
  ["/home/alice/a", undefined],
  ["\\\\server\\share", undefined],
  ["C:\\a", undefined],
  ["~/a", undefined],
];

for (const [text, path] of PATHS) test(`public path of ${text}`, () => assert.equal(publicPath(text), path));
