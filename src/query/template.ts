/**
 * Selects with places for values: what is known of one is found once, so that filling it makes anew only what a value stands in.
 */
import type * as Ast from "../sql/ast.js"
import { atoms, draftOf, isPlain } from "../sql/nodes.js"
import type { Draft } from "../sql/nodes.js"

type Node = Record<string | number, unknown>

/** What no parameter stands in. */
const apart = new Set([...atoms, "childRef", "ref"])

/** What is known by its identity: in one filled select it stays one, though several places refer to it. */
const identities = new Set<string | number>(["cte", "window"])

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && (Array.isArray(value) || isPlain(value))

const isPlace = (node: object): node is Extract<Ast.Expression, { readonly _tag: "Given" }> =>
  (node as { readonly _tag?: unknown })._tag === "Given"

/** Sets a property of its own, whatever its name. */
const put = (node: Node, key: string | number, value: unknown): void => {
  if (key === "__proto__") {
    Object.defineProperty(node, key, { value, enumerable: true, writable: true, configurable: true })
  } else node[key] = value
}

/** Whoever holds a node, and as what. */
type Holders = Map<object, Array<readonly [holder: Node, key: string | number]>>

/** The parts of nodes that a place stands in, at any depth; found from the places upwards, as a recursive table holds itself. */
const dirtyParts = (
  root: Node,
  isOwn: (parameter: Ast.Given) => boolean
): ReadonlyMap<object, ReadonlyArray<string | number>> => {
  const holders: Holders = new Map([[root, []]])
  const places: Array<object> = []
  const waiting: Array<Node> = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const key of Object.keys(node)) {
      const part = node[key]
      if (apart.has(key) || !isNode(part)) continue
      const known = holders.get(part)
      if (known !== undefined) known.push([node, key])
      else {
        holders.set(part, [[node, key]])
        if (!isPlace(part)) waiting.push(part)
        else if (isOwn(part.parameter)) places.push(part)
      }
    }
  }
  const dirty = new Map<object, Array<string | number>>()
  const rising = places.slice()
  for (let part = rising.pop(); part !== undefined; part = rising.pop()) {
    for (const [holder, key] of holders.get(part)!) {
      const keys = dirty.get(holder)
      if (keys === undefined) {
        dirty.set(holder, [key])
        rising.push(holder)
      } else keys.push(key)
    }
  }
  return dirty
}

/** What has to be known to fill a select. */
class Filling {
  readonly made: Array<Ast.Expression> = []
  readonly once = new Map<object, object>()
  isPlain = true

  constructor(readonly values: ReadonlyArray<unknown>) {}
}

type Fill<A = unknown> = (filling: Filling) => A

/** How a node is made anew. The kinds that every statement has are copied as they were made: engines take long to spread objects of many kinds. */
class Compiler {
  private readonly known = new Map<object, Fill>()

  constructor(
    private readonly dirty: ReadonlyMap<object, ReadonlyArray<string | number>>,
    private readonly parameters: ReadonlyArray<Ast.Given>
  ) {}

  /** Of a node that a place stands in. */
  fillOf(node: object, key: string | number): Fill {
    if (isPlace(node)) return this.place(node)
    if (!identities.has(key)) return this.copy(node as Node)
    const known = this.known.get(node)
    if (known !== undefined) return known
    // It may hold itself.
    const fill: Fill = (filling) => {
      const found = filling.once.get(node)
      if (found !== undefined) return found
      const copy: Node = { ...node as Node }
      filling.once.set(node, copy)
      for (const [part, fillPart] of parts) put(copy, part, fillPart(filling))
      return copy
    }
    this.known.set(node, fill)
    const parts = this.partsOf(node as Node)
    return fill
  }

  select(select: Ast.Select): Fill<Draft> {
    const parts = this.partsOf(select as unknown as Node)
    return (filling) => {
      const draft = draftOf(select)
      for (const [key, fill] of parts) (draft as unknown as Node)[key] = fill(filling)
      return draft
    }
  }

  private partsOf(node: Node): ReadonlyArray<readonly [key: string | number, fill: Fill]> {
    return this.dirty.get(node)!.map((key) => [key, this.fillOf(node[key] as object, key)])
  }

  private place({ make, parameter }: Extract<Ast.Expression, { readonly _tag: "Given" }>): Fill {
    const at = this.parameters.indexOf(parameter)
    return (filling) => {
      const expression = make(filling.values[at])
      filling.isPlain &&= expression._tag === "Parameter"
      filling.made.push(expression)
      return expression
    }
  }

  private copy(node: Node): Fill {
    if (node["_tag"] === "Select") return this.select(node as unknown as Ast.Select)
    const parts = this.partsOf(node)
    if (Array.isArray(node)) {
      return (filling) => {
        const copy = node.slice()
        for (const [key, fill] of parts) copy[key as number] = fill(filling)
        return copy
      }
    }
    if (node["_tag"] === "Call") {
      const { operator, type } = node
      const [[, args]] = parts as [[string, Fill]]
      return (filling) => ({ _tag: "Call", operator, args: args(filling), type })
    }
    return (filling) => {
      const copy = { ...node }
      for (const [key, fill] of parts) put(copy, key, fill(filling))
      return copy
    }
  }
}

/** A select with places for the values of parameters. */
export class Template {
  private readonly make: Fill<Draft> | undefined

  constructor(private readonly select: Ast.Select, parameters: ReadonlyArray<Ast.Given>) {
    const dirty = dirtyParts(select as unknown as Node, (parameter) => parameters.includes(parameter))
    this.make = dirty.has(select) ? new Compiler(dirty, parameters).select(select) : undefined
  }

  /** The select with a value for each parameter. */
  fill(values: ReadonlyArray<unknown>): Ast.Select {
    const { make, select } = this
    if (make === undefined) return select
    const filling = new Filling(values)
    const filled = make(filling)
    // A list is of a shape that its length decides, and what cannot be said has none.
    if (filling.isPlain) filled.filled = { select: filled, template: select, made: filling.made }
    return filled
  }
}
