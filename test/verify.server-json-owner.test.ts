// Who a server belongs to by its server.json: the owner of its namespace and the owner of its repository.

import { test } from "node:test";
import assert from "node:assert/strict";
import { answerTo, factsOf, NPM, NPM_INSIDE, serverJson } from "./support/server-json.ts";
import type { Row } from "./support/server-json.ts";

const ARTIFACT = factsOf(NPM_INSIDE, "gzip");

const OWNERS: readonly Row[] = [
  ...(
    [
      ["the same owner", "io.github.acme/weather", "https://github.com/acme/weather", false],
      ["in another case", "io.github.Acme/weather", "https://GitHub.com/aCME/weather", false],
      ["with www and a slash", "io.github.acme/weather", "https://www.github.com/acme/weather/", false],
      ["the name of a git repository", "io.github.acme/weather", "https://github.com/acme/weather.git", false],
      ["no repository", "io.github.acme/weather", "", false],
      ["another namespace", "com.acme/weather", "https://github.com/other/weather", false],
      ["an owner of a similar name", "io.github.acme/weather", "https://github.com/acme-evil/weather", true],
      ["the owner as the repository", "io.github.acme/weather", "https://github.com/evil/acme", true],
      [
        "the owner as the user of a URL",
        "io.github.acme/weather",
        "https://github.com%2Facme@evil.example/acme/weather",
        true,
      ],
      ["a host of a similar name", "io.github.acme/weather", "https://github.com.evil.example/acme/weather", true],
      ["the owner alone", "io.github.acme/weather", "https://github.com/acme", true],
      ["a path through the owner", "io.github.acme/weather", "https://github.com/acme/../evil", true],
      ["a query", "io.github.acme/weather", "https://github.com/evil?/acme/weather", true],
      ["another port", "io.github.acme/weather", "https://github.com:8443/acme/weather", true],
      ["another host", "io.github.acme/weather", "https://gitlab.example/acme/weather", true],
      ["a longer namespace", "io.github.acme.evil/weather", "https://github.com/acme/weather", true],
      ["a namespace in another case", "IO.GitHub.evil/weather", "https://github.com/acme/weather", true],
    ] as const
  ).map(([sentence, name, url, mismatch]): Row => {
    const document = serverJson(NPM, { name, repository: { url, source: "github" } });
    const artifact = factsOf({ ...NPM_INSIDE, serverName: name }, "gzip");
    return [`owner: ${sentence}`, document, artifact, mismatch ? "no digest server-owner-mismatch" : "no digest"];
  }),
  ["a server that its registry withdrew", serverJson(NPM, { status: "deleted" }), ARTIFACT, "no digest server-deleted"],
  [
    "a withdrawn server of today",
    serverJson(NPM, { _meta: { "io.modelcontextprotocol.registry/official": { status: "deleted" } } }),
    ARTIFACT,
    "no digest server-deleted",
  ],
];

for (const [sentence, document, artifact, expected] of OWNERS) {
  test(`server.json: ${sentence}`, () => assert.equal(answerTo(document, artifact), expected));
}
