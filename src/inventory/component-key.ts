// Keys of components, each given out once; and remarks, as many as anybody reads. For sources whose entries may repeat,
// or be wrong a million times.

import type { Remark } from "../core/inventory.ts";

/** A function that returns the key itself the first time, then `key#2`, `key#3`: nothing is lost, and the order decides. */
export function createKeys(): (wanted: string) => string {
  const given = new Map<string, number>([["", 1]]);
  return (wanted) => {
    let count = given.get(wanted) ?? 0;
    if (count === 0) {
      given.set(wanted, 1);
      return wanted;
    }
    let key: string;
    do {
      count += 1;
      key = `${wanted}#${count}`;
    } while (given.has(key));
    given.set(wanted, count);
    given.set(key, 1);
    return key;
  };
}

/** More remarks of one source are counted and not kept. */
const MAX_REMARKS = 1000;

export interface Remarks {
  add(remark: Remark): void;
  /** All that were kept, and one that counts the others. */
  list(): readonly Remark[];
}

/** @param subject the shown file, for the remark that counts */
export function createRemarks(subject: string): Remarks {
  const kept: Remark[] = [];
  let more = 0;
  return {
    add(remark) {
      if (kept.length < MAX_REMARKS) kept.push(remark);
      else more += 1;
    },
    list() {
      if (more === 0) return kept;
      const message = `there are ${more} more remarks on it than are listed`;
      return [...kept, { rule: "inventory-incomplete", subject, message, file: subject }];
    },
  };
}

/** As many of each rule as anybody reads, and a remark that counts the others: none of one rule hides behind another. */
export function boundRemarks(remarks: readonly Remark[], shown: string): readonly Remark[] {
  const byRule = new Map<Remark["rule"], Remarks>();
  for (const remark of remarks) {
    const kept = byRule.get(remark.rule) ?? createRemarks(shown);
    kept.add(remark);
    byRule.set(remark.rule, kept);
  }
  return [...byRule.values()].flatMap((kept) => kept.list());
}
