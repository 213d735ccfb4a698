/**
 * Native arrays: a column of tags.
 */
import { Expr, Mutation, Query } from "effect-strata"
import { Product } from "./models.js"

const products = Query.from(Product).pipe(Query.orderBy((p) => Expr.asc(p.id)))

/** contains, overlaps: presents for cooks, and what is to be eaten or heard. */
export const presents = products.pipe(
  Query.where((p) => Expr.and(Expr.arrayContains(p.tags, "gift"), Expr.not(Expr.arrayContains(p.tags, ["food"])))),
  Query.select((p) => ({ name: p.name, isSold: Expr.arrayOverlaps(p.tags, ["food", "music"]) }))
)

/** length, the item at a place, from 0. */
export const tagsInNumbers = products.pipe(
  Query.select((p) => ({ id: p.id, tags: Expr.arrayLength(p.tags), second: Expr.arrayAt(p.tags, 1) }))
)

/** items as rows. */
export const productsByTag = Query.from(Product).pipe(
  Query.elements("tag", (p) => p.tags),
  Query.groupBy((_, { tag }) => [tag.value]),
  Query.orderBy((_, { tag }) => Expr.asc(tag.value)),
  Query.select((_, { tag }) => ({ tag: tag.value, products: Expr.count() }))
)

/** append, in an update. */
export const onSale = Mutation.update(Product).pipe(
  Mutation.set((p) => ({ tags: Expr.arrayAppend(p.tags, "sale") })),
  Mutation.where({ id: { in: [1, 4] } })
)
