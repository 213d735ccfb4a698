/**
 * A gallery of queries and writes over the shop of `shop/models.ts`, each of which runs on every database that can; `test/gallery.test.ts`
 * compares what they give with SQL written by hand.
 */
export * from "./shop/arrays.js"
export * from "./shop/changes.js"
export * from "./shop/comparisons.js"
export * from "./shop/composed.js"
export * from "./shop/documents.js"
export * from "./shop/groups.js"
export * from "./shop/joins.js"
export * from "./shop/lists.js"
export * from "./shop/locks.js"
export * from "./shop/moments.js"
export * from "./shop/sets.js"
export * from "./shop/subqueries.js"
export * from "./shop/upserts.js"
export * from "./shop/values.js"
export * from "./shop/windows.js"
export * from "./shop/words.js"
