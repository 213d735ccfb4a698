/**
 * The Effect-based functional data layer. The databases stand beside it: `effect-strata/Sqlite`, `effect-strata/Postgres`,
 * `effect-strata/Mysql`, `effect-strata/MariaDb`; each loads its own driver.
 *
 * @since 0.1.0
 */
export * as AdvisoryLock from "./AdvisoryLock.js"
export * as Capability from "./Capability.js"
export * as Connect from "./Connect.js"
export * as Cursors from "./Cursors.js"
export * as Database from "./Database.js"
export * as DbError from "./DbError.js"
export * as Ddl from "./Ddl.js"
export * as Dialect from "./Dialect.js"
export * as Driver from "./Driver.js"
export * as Expr from "./Expr.js"
export * as Field from "./Field.js"
export * as Filter from "./Filter.js"
export * as Health from "./Health.js"
export * as LazyRow from "./LazyRow.js"
export * as Model from "./Model.js"
export * as Mutation from "./Mutation.js"
export * as Page from "./Page.js"
export * as Plan from "./Plan.js"
export * as Policy from "./Policy.js"
export * as Pool from "./Pool.js"
export * as Query from "./Query.js"
export * as Relation from "./Relation.js"
export * as Repository from "./Repository.js"
export * as Source from "./Source.js"
export * as Transaction from "./Transaction.js"
