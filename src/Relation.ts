/**
 * Relations as values: `const userPosts = Relation.hasMany(User, Post, "authorId")`. Nothing is registered; a relation is given to
 * `Query.include`, or tested by `Relation.some`, `none` and `every`.
 *
 * @since 0.1.0
 */
export { aggregate, count } from "./relation/aggregates.js"

export { BesideId, LoadedId, RelatedId } from "./relation/definition.js"
export type { Cardinality, Plan, Relation, RelationFrom, Scope } from "./relation/definition.js"

export type { Link } from "./relation/keys.js"

export { belongsTo, hasMany, hasOne, manyToMany, withDeleted } from "./relation/kinds.js"
export type { BelongsTo, HasMany, HasOne } from "./relation/kinds.js"

export { include, limit, offset, orderBy, where } from "./relation/narrowing.js"
export type { Fresh } from "./relation/narrowing.js"

export { lazy } from "./relation/lazy.js"
export { load } from "./relation/load.js"

export { strategy } from "./relation/strategy.js"
export type { Loaded, Strategy, Unloaded } from "./relation/strategy.js"

export { every, none, some } from "./relation/tests.js"
export type { Test } from "./relation/tests.js"

export { through } from "./relation/through.js"

export { ancestors, descendants } from "./relation/tree.js"
export type { Tree, TreeOptions } from "./relation/tree.js"
