// The types of tuf-js name this package, which has none of its own. It is never used: see `withoutSockets` in build.mjs.
declare module "make-fetch-happen" {
  export interface MakeFetchHappenOptions {
    readonly retry?: unknown;
  }
}
