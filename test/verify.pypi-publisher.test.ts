// Publishers that an index names beside attestations, and file names that mean the same distribution.

import { test } from "node:test";
import assert from "node:assert/strict";
import { sameDistribution } from "../src/verify/pypi-file-name.ts";
import { pypi } from "../src/verify/pypi.ts";
import { json, judgeOne } from "./support/npm-registry.ts";
import { attestation, BYTES, file, GITHUB, provenance, PUBLISHER, SAN, trusting } from "./support/pypi-attestation.ts";

const GITLAB_SAN = "https://gitlab.com/acme/tools/server//ci/release.yml@refs/heads/main";
const GITLAB = {
  ...GITHUB,
  8: "https://gitlab.com",
  9: GITLAB_SAN,
  12: "https://gitlab.com/acme/tools/server",
  18: GITLAB_SAN,
};
const GOOGLE = { 8: "https://accounts.google.com" };
const github = (more: object): object => ({ ...PUBLISHER, ...more });
const gitlab = { kind: "GitLab", repository: "acme/tools/server", workflow_filepath: "ci/release.yml" };

const CASES: readonly (readonly [sentence: string, publisher: unknown, state: string, facts?: object, san?: string])[] =
  [
    ["a workflow of GitHub", PUBLISHER, "verified"],
    ["a repository in capitals", github({ repository: "Acme/SERVER" }), "verified"],
    [
      "a workflow that calls another one",
      PUBLISHER,
      "verified",
      { ...GITHUB, 9: "https://github.com/x/y/.github/workflows/z.yml@a" },
    ],
    ["another repository", github({ repository: "evil/server" }), "invalid"],
    ["the start of the repository", github({ repository: "acme/serv" }), "invalid"],
    ["another workflow", github({ workflow: "test.yml" }), "invalid"],
    ["a workflow in capitals", github({ workflow: "RELEASE.yml" }), "invalid"],
    ["the start of the workflow", github({ workflow: "release.y" }), "invalid"],
    ["no workflow", github({ workflow: null }), "malformed"],
    ["an empty workflow", github({ workflow: "" }), "malformed"],
    ["a repository that is no text", github({ repository: 7 }), "malformed"],
    ["a certificate without a workflow", PUBLISHER, "invalid", { ...GITHUB, 18: "" }],
    ["a workflow of another repository", PUBLISHER, "invalid", { ...GITHUB, 18: SAN.replace("acme", "evil") }],
    ["a source that is not the workflow's", PUBLISHER, "invalid", { ...GITHUB, 12: "https://github.com/evil/server" }],
    ["a certificate of another issuer", PUBLISHER, "invalid", { ...GITHUB, 8: "https://token.forge.example" }],
    ["a pipeline of GitLab", gitlab, "verified", GITLAB, GITLAB_SAN],
    ["another pipeline of GitLab", { ...gitlab, workflow_filepath: "release.yml" }, "invalid", GITLAB, GITLAB_SAN],
    ["GitLab in place of GitHub", gitlab, "invalid"],
    [
      "an account of Google",
      { kind: "Google", email: "release@acme.example" },
      "verified",
      GOOGLE,
      "release@acme.example",
    ],
    [
      "another account of Google",
      { kind: "Google", email: "x@acme.example" },
      "invalid",
      GOOGLE,
      "release@acme.example",
    ],
    ["a kind that nobody knows", { kind: "Forge" }, "unsupported"],
    ["a kind that is a word of the language", { kind: "constructor" }, "unsupported"],
    ["a kind that is no text", { kind: 1 }, "malformed"],
    ["no kind", {}, "malformed"],
    ["no object", "GitHub", "malformed"],
  ];

for (const [sentence, publisher, state, facts = GITHUB, san = SAN] of CASES) {
  test(`${state}: a publisher that is ${sentence}`, async () => {
    const issuer = (facts as Record<string, string>)["8"] ?? "";
    const document = json(provenance(publisher, attestation({}, facts, san)));
    const judgement = await judgeOne(pypi, document, trusting({ identities: [{ san, issuer }] }), file(), BYTES);
    assert.equal(judgement.state, state, judgement.reason);
    if (state === "invalid") assert.match(judgement.reason, /names another publisher than the certificate: /);
  });
}

const WHEEL = "acme_server-1.2.0-1-cp310.py3-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const SAME: readonly (readonly [one: string, other: string])[] = [
  ["acme_server-1.2.0.tar.gz", "acme_server-1.2.0.tar.gz"],
  ["acme_server-1.2.0.tar.gz", "Acme.Server-1.2.tar.gz"],
  ["acme-server-1.2.0.tar.gz", "acme_server-1.2.0.tar.gz"],
  ["acme-server-1.2.0.zip", "acme_server-1.2.0.zip"],
  ["acme_server-1.0rc1.tar.gz", "acme_server-1.0.rc1.tar.gz"],
  [WHEEL, WHEEL],
  [WHEEL, "Acme_Server-1.2-1-py3.cp310-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"],
  ["acme-1.0+local.1-py3-none-any.whl", "acme-1.0+local_1-py3-none-any.whl"],
];
const DIFFERENT: readonly (readonly [one: string, other: string])[] = [
  ["acme-1.2.0.tar.gz", "acme-1.2.1.tar.gz"],
  ["acme-1.2.0.tar.gz", "acme-1.2.0.zip"],
  ["acme-1.2.0.tar.gz", "acmee-1.2.0.tar.gz"],
  ["acme-1.2.0.tar.gz", "acme-1.2.0-py3-none-any.whl"],
  ["acme-1.2.0-py3-none-any.whl", "acme-1.2.0-1-py3-none-any.whl"],
  ["acme-1.2.0-py3-none-any.whl", "acme-1.2.0-py3-none-linux_x86_64.whl"],
  ["acme-1.2.0-py3-none-any.whl", "acme-1.2.0-py3.py2-none-any.whl"],
  ["acme-1.2.0-py3-none-any.whl", "acme-1.2.0-py3-none-any.WHL"],
  ["acme-1.0+local.1-py3-none-any.whl", "acme-1.0-py3-none-any.whl"],
];
/** Not names of a distribution, so not the same even as themselves. */
const NONE: readonly string[] = [
  "",
  "install.sh",
  "acme.tar.gz",
  "acme-.tar.gz",
  "acme-latest.tar.gz",
  "dist/acme-1.0.tar.gz",
  "../acme-1.0.tar.gz",
  "acme-1.0.tar.gz\n",
  "acme-1.0.tar.gz\u0000",
  "\u202eacme-1.0.tar.gz",
  "acme\u212a-1.0.tar.gz",
  "acme-1.0-py3-none.whl",
  "acme-1.0-x-py3-none-any.whl",
  "acme-1.0-1-2-py3-none-any.whl",
  `${"a".repeat(300)}-1.0.tar.gz`,
];

test("file names of the same distribution", () => {
  for (const [one, other] of SAME)
    assert.ok(sameDistribution(one, other) && sameDistribution(other, one), `${one} ${other}`);
  for (const [one, other] of DIFFERENT)
    assert.ok(!sameDistribution(one, other) && sameDistribution(one, one), `${one} ${other}`);
  for (const name of NONE) assert.ok(!sameDistribution(name, name), JSON.stringify(name));
});
