"use strict";
// Loaded before the program by the transcript runner: what is recorded must not change with the calendar
// (an expired key, a waiver that ends). The program itself has no way to be told the time, but --at.
const NOW = Date.parse("2026-11-22T12:00:00Z");
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(NOW);
    else super(...args);
  }
  static now() {
    return NOW;
  }
};
