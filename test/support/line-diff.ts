// A line-by-line difference for failed transcripts: whole lines, a little context, hidden ends made visible.

/** `- ` lines are in `expected` alone, `+ ` lines in `actual` alone; empty when the texts are equal. */
export function lineDiff(expected: string, actual: string, context = 3): string {
  if (expected === actual) return "";
  const rows = diffRows(expected.split("\n"), actual.split("\n"));
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - context), i + context + 1).some((row) => row[0] !== " "));
  const shown: string[] = [];
  rows.forEach((row, i) => {
    if (near[i] === true) shown.push(`${row[0]} ${row[1]}`);
    else if (near[i - 1] === true) shown.push("  …");
  });
  return shown.join("\n");
}

type Row = readonly [" " | "-" | "+", string];

/** Longest common subsequence; transcripts are short, so the table may be quadratic. */
function diffRows(before: readonly string[], after: readonly string[]): readonly Row[] {
  const width = after.length + 1;
  const length = new Uint32Array((before.length + 1) * width);
  const common = (i: number, j: number): number => length[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      length[i * width + j] =
        before[i] === after[j] ? common(i + 1, j + 1) + 1 : Math.max(common(i + 1, j), common(i, j + 1));
    }
  }
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      rows.push([" ", before[i] ?? ""]);
      i++;
      j++;
    } else if (i < before.length && (j >= after.length || common(i + 1, j) >= common(i, j + 1))) {
      rows.push(["-", before[i] ?? ""]);
      i++;
    } else {
      rows.push(["+", after[j] ?? ""]);
      j++;
    }
  }
  return rows;
}
