// What a package says of its licence, sorted into what SPDX knows: an identifier, an expression, or text that is neither.
// The text is attacker-controlled, and the parser of expressions recurses: it gets short texts of few parentheses only.

import parseExpression from "spdx-expression-parse";

export type License =
  /** An identifier of the SPDX licence list, alone. */
  | { readonly kind: "id"; readonly text: string }
  /** A valid expression (SPDX 2.3, Annex D) of more than an identifier. */
  | { readonly kind: "expression"; readonly text: string }
  | { readonly kind: "name"; readonly text: string };

/** Longer texts are no expressions: four thousand characters hold a hundred licences. */
const MAX_EXPRESSION = 4096;
const MAX_PARENTHESES = 64;
/** The characters of an expression. */
const CHARACTERS = /^[A-Za-z0-9.+():\- ]+$/;
/** Operators are upper case (Annex D.2); the parser takes any. */
const OPERATOR = /(?<![^\s()])(?:and|or|with)(?![^\s()])/gi;

/** How many texts are remembered: a thousand packages have few licences, and a hostile file has any number of them. */
const MAX_REMEMBERED = 1000;

/** A function that tells what a text is, and remembers the answer. */
export function createLicenseReader(): (text: string) => License {
  const known = new Map<string, License>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const license = readLicense(text);
    if (known.size < MAX_REMEMBERED) known.set(text, license);
    return license;
  };
}

export function readLicense(text: string): License {
  const parsed = parsedExpression(text);
  if (parsed === undefined) return { kind: "name", text };
  const trimmed = text.trim();
  // `(MIT)` and `LicenseRef-ours` are expressions of one licence, and no identifiers of the list.
  const alone = "license" in parsed && parsed.license === trimmed && !trimmed.includes("LicenseRef-");
  return { kind: alone && parsed.exception === undefined ? "id" : "expression", text: trimmed };
}

function parsedExpression(text: string): parseExpression.Info | undefined {
  if (text.length > MAX_EXPRESSION || !CHARACTERS.test(text)) return undefined;
  if ((text.match(/\(/g)?.length ?? 0) > MAX_PARENTHESES) return undefined;
  if (text.match(OPERATOR)?.some((operator) => operator !== operator.toUpperCase()) === true) return undefined;
  try {
    return parseExpression(text);
  } catch {
    // It throws errors of several kinds, TypeError among them, for what is no expression.
    return undefined;
  }
}
