// Tests of the transcript runner itself: a runner that cannot fail would make every transcript worthless.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { lineDiff } from "./support/line-diff.ts";
import { formatTranscript, parseTranscript } from "./support/transcript.ts";
import { runVerb } from "./support/verbs.ts";
import { parseCommandLine } from "./support/words.ts";

const REFUSED = [
  ["an empty file", ""],
  ["no last line feed", "# fixture: none\n$ boltseal"],
  ["no fixture line", "$ boltseal\n"],
  ["a fixture outside fixtures/", "# fixture: ../secret\n$ boltseal\n"],
  ["a comment before the fixture line", "# hello\n# fixture: none\n$ boltseal\n"],
  ["no command", "# fixture: none\n# a comment\n"],
  ["an unknown directive", "# fixture: none\n# timeout: 5\n$ boltseal\n"],
  ["a second fixture", "# fixture: none\n$ boltseal\n\n# fixture: verify/good\n$ boltseal\n"],
  ["output before the first command", "# fixture: none\nverified\n$ boltseal\n"],
  ["a command without its space", "# fixture: none\n$boltseal verify\n"],
  ["output after a comment", "# fixture: none\n$ boltseal\n# a comment\nverified\n$ boltseal\n"],
  ["a comment behind the last command", "# fixture: none\n$ boltseal\n\n# the end\n"],
] as const;

test("what is not a transcript is refused", async (t) => {
  for (const [name, text] of REFUSED) await t.test(name, () => assert.throws(() => parseTranscript(text), Error));
});

test("output never reads as a command, a comment or a directive when it is read back", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "$ rm x",
      "# x",
      "#",
      "! x",
      "!",
      "[exit 1]",
      "\\",
      "",
      "[no line feed]",
      "# fixture: none",
      "\u{1b}[1m",
    ),
    fc.string(),
  );
  const text = fc.array(line).map((lines) => lines.join("\n"));
  const transcript = parseTranscript("# fixture: none\n# why\n$ boltseal a\n\n# then\n$ boltseal b\n");
  fc.assert(
    fc.property(text, text, fc.nat(2), (stdout, stderr, exit) => {
      fc.pre(!`${stdout}${stderr}`.includes("‹U+"));
      const outcomes = [
        { stdout, stderr, exit },
        { stdout: stderr, stderr: stdout, exit: 0 },
      ];
      assert.deepEqual(parseTranscript(formatTranscript(transcript, outcomes)), transcript);
    }),
  );
});

test("different outcomes are written differently", () => {
  const transcript = parseTranscript("# fixture: none\n$ boltseal\n");
  const outcomes = [
    { stdout: "", stderr: "", exit: 0 },
    { stdout: "", stderr: "", exit: 1 },
    { stdout: "a", stderr: "", exit: 0 },
    { stdout: "a\n", stderr: "", exit: 0 },
    { stdout: "a\n\n", stderr: "", exit: 0 },
    { stdout: "", stderr: "a\n", exit: 0 },
    { stdout: "! a\n", stderr: "", exit: 0 },
    { stdout: "\\! a\n", stderr: "", exit: 0 },
    { stdout: "[exit 1]\n", stderr: "", exit: 0 },
    { stdout: "[no line feed]\n", stderr: "", exit: 0 },
    { stdout: "a\u{1b}\n", stderr: "", exit: 0 },
    { stdout: "a\u{202e}\n", stderr: "", exit: 0 },
    { stdout: "a\\u{1b}\n", stderr: "", exit: 0 },
    { stdout: "a\r\n", stderr: "", exit: 0 },
  ];
  const texts = outcomes.map((outcome) => formatTranscript(transcript, [outcome]));
  assert.equal(new Set(texts).size, outcomes.length);
});

const LINES = [
  ["plain words", "boltseal verify a.txt", {}, ["boltseal", "verify", "a.txt"]],
  ["several spaces", "boltseal   verify ", {}, ["boltseal", "verify"]],
  ["single quotes", "write f 'a $b \"c\"'", {}, ["write", "f", 'a $b "c"']],
  ["double quotes", 'write f "it\'s"', {}, ["write", "f", "it's"]],
  ["joined quotes", "write a'b c'\"d\"", {}, ["write", "ab cd"]],
  ["an empty word", "write f ''", {}, ["write", "f", ""]],
  ["escapes", "write $'a\\n\\x1b\\u202e\\'\\\\'", {}, ["write", "a\n\u{1b}\u{202e}'\\"]],
  ["assignments in front", "NO_COLOR=1 X='a b' boltseal --x=y", { NO_COLOR: "1", X: "a b" }, ["boltseal", "--x=y"]],
] as const;

test("command lines are split as a shell would", async (t) => {
  for (const [name, line, env, words] of LINES) {
    await t.test(name, () => assert.deepEqual(parseCommandLine(line), { env, words }));
  }
});

test("what a shell would expand is refused", async (t) => {
  const lines = [
    "",
    "A=b",
    "a 'b",
    'a "b',
    "a $'b",
    "a | b",
    "a > b",
    "a $HOME",
    'a "$HOME"',
    "a `b`",
    "a *",
    "a ~",
    "a; b",
    "a $'\\q'",
  ];
  for (const line of lines) await t.test(line, () => assert.throws(() => parseCommandLine(line), Error));
});

test("verbs refuse what they do not know and what lies outside", async (t) => {
  const place = { top: "/nowhere/top", home: "/nowhere/top/home", cwd: "/nowhere/top/work" };
  const lines = [
    ["curl", "x"],
    ["constructor", "x"],
    ["cat"],
    ["rm", "../.."],
    ["rm", ".."],
    ["write", "/etc/x", "y"],
    ["cat", "../../x"],
  ];
  for (const words of lines) await t.test(words.join(" "), () => assert.throws(() => runVerb(place, words), Error));
});

test("a difference names the lines that differ, and nothing when none does", () => {
  assert.equal(lineDiff("a\nb\n", "a\nb\n"), "");
  assert.equal(lineDiff("a\nb\nc", "a\nx\nc"), "  a\n- b\n+ x\n  c");
  const same = Array.from({ length: 20 }, (_, i) => `line ${i}`).join("\n");
  assert.equal(lineDiff(`${same}\nold`, `${same}\nnew`, 1), "  line 19\n- old\n+ new");
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "")), fc.array(fc.constantFrom("a", "b", "")), (x, y) => {
      assert.equal(lineDiff(x.join("\n"), y.join("\n")) === "", x.join("\n") === y.join("\n"));
    }),
  );
});
