/**
 * Copies of parts of a statement that are of other uses of their sources.
 */
import type { Projection, Ref } from "./ast.js"
import { atoms, isPlain, rowOf } from "./nodes.js"

type Row = Extract<Projection, { readonly _tag: "Instance" }>

/** What reads from no source; relations are read by statements of their own. */
const apart = new Set([...atoms, "cte", "filled", "includes", "parameter"])

const isRowOfTable = (node: object): node is Row & { readonly ref: Ref } =>
  (node as Partial<Row>)._tag === "Instance" && (node as Partial<Row>).ref !== undefined

/** One copy a part, so that what is known by its identity stays so. */
export class Rebinding {
  private readonly copies = new Map<unknown, unknown>()

  constructor(refs: Iterable<Ref>) {
    for (const ref of refs) this.copies.set(ref, { hint: ref.hint })
  }

  copy<A>(part: A): A {
    if (typeof part !== "object" || part === null) return part
    const known = this.copies.get(part)
    if (known !== undefined) return known as A
    const copy = Array.isArray(part) ? part.map((one: unknown) => this.copy(one)) : this.node(part)
    this.copies.set(part, copy)
    return copy as A
  }

  private node(node: object): object {
    if (isRowOfTable(node)) return rowOf(node.table, this.copy(node.ref), node.optional)
    if (!isPlain(node)) return node
    const copy = {}
    for (const [key, value] of Object.entries(node)) {
      Object.defineProperty(copy, key, {
        value: apart.has(key) ? value : this.copy(value),
        enumerable: true,
        writable: true,
        configurable: true
      })
    }
    return copy
  }
}
