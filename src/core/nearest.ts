// "Did you mean": the known name that a mistyped one is closest to. Offered in hints, never acted upon.

/** Longer names are no slips of a finger, and would cost time. */
const MAX_LENGTH = 255;
const MAX_EDITS = 6;

/**
 * The candidate within a third of the word's length (at most six) in single-character edits, the first of the
 * closest; or undefined.
 * @param fold what does not count as a difference
 */
export function nearestName(
  word: string,
  candidates: readonly string[],
  fold: (name: string) => string = (name) => name.toLowerCase(),
): string | undefined {
  const wanted = fold(word);
  let best: string | undefined;
  let limit = Math.max(1, Math.min(MAX_EDITS, Math.floor(wanted.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, fold(candidate), limit);
    if (distance < limit) [best, limit] = [candidate, distance];
  }
  return best;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment);
 * `limit` when there are that many or more.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || Math.max(a.length, b.length) > MAX_LENGTH) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    // A swap reaches back over one row, so two rows must be out of reach.
    if (Math.min(...row) >= limit && Math.min(...last) >= limit) return limit;
    [beforeLast, last] = [last, row];
  }
  return Math.min(last[b.length] ?? limit, limit);
}
