/**
 * Rows that are read as a table: queries, two of them together, lists, and common table expressions.
 */
import { ConfigurationError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import { freshName } from "../query/derived.js"
import type { Body, Compound, Cte, Select, Source, TableName, Values, Written } from "./ast.js"
import { isSource } from "./ast.js"
import { refuseNested } from "./locking.js"
import type { Writer } from "./writer.js"

/** The common table expressions that stand before the selects around, by the names that they were given. */
export class Ctes {
  private readonly all: Array<readonly [cte: Cte, name: string]> = []
  private readonly taken = new Set<string>()

  get size(): number {
    return this.all.length
  }

  has(cte: Cte): boolean {
    return this.all.some(([one]) => one === cte)
  }

  nameOf(cte: Cte): string {
    const found = this.all.find(([one]) => one === cte)
    if (found !== undefined) return found[1]
    throw new ConfigurationError({
      problem:
        `The statement reads from ${cte.hint}, which goes on from its own rows, where these are not there: only its step does`
    })
  }

  enter(cte: Cte): string {
    const name = freshName(cte.hint, "cte", this.taken)
    this.all.push([cte, name])
    return name
  }

  leave(size: number): void {
    this.all.length = size
  }

  /** A table of the same name would be taken for it. */
  refuse({ name, schema }: TableName): void {
    if (schema === undefined && this.all.some(([, one]) => one.toLowerCase() === name.toLowerCase())) {
      throw new ConfigurationError({
        problem: `A common table expression is called ${name}, as a table is that the statement reads from`,
        hint: "give it another name"
      })
    }
  }
}

/** Those that a source reads from and that nobody has said yet, each after those that it reads from itself. */
const unsaid = (source: Source, said: Ctes, found: Array<Cte>): void => {
  if (source._tag === "CteSource") {
    const { cte } = source
    if (said.has(cte) || found.includes(cte)) return
    // Its step reads from itself.
    const within: Array<Cte> = [...found, cte]
    ofBody(cte.body, said, within)
    for (const one of within) if (one !== cte && !found.includes(one)) found.push(one)
    found.push(cte)
  } else if (source._tag === "DerivedSource" && !source.lateral) ofBody(source.body, said, found)
}

const ofBody = (body: Body, said: Ctes, found: Array<Cte>): void => {
  switch (body._tag) {
    case "Select":
      unsaid(body.from, said, found)
      for (const { source } of body.joins) unsaid(source, said, found)
      return
    case "Compound":
      ofBody(body.left, said, found)
      ofBody(body.right, said, found)
      return
    case "Written":
      for (const arg of body.args) if (isSource(arg)) unsaid(arg, said, found)
  }
}

/** `with … as (…) `, or nothing. */
export const printWith = (writer: Writer, { print }: Dialect, select: Select, ctes: Ctes): void => {
  if (select.from._tag === "TableSource" && select.joins.every(({ source }) => source._tag === "TableSource")) return
  const found: Array<Cte> = []
  ofBody(select, ctes, found)
  if (found.length === 0) return
  writer.text(found.some(({ isRecursive }) => isRecursive) ? "with recursive " : "with ")
  writer.list(found, (cte) => {
    const { materialized } = cte
    writer.identifier(ctes.enter(cte)).text(" as ")
    if (materialized !== undefined && print.materialized !== undefined) writer.text(print.materialized(materialized))
    writer.body(cte.body)
  }).text(" ")
}

/** Prints rows, without parentheses. */
export const printBody = (writer: Writer, dialect: Dialect, body: Body, ctes: Ctes): void => {
  switch (body._tag) {
    case "Select":
      refuseNested(body)
      return writer.selectBody(body, true)
    case "Compound": {
      const { left, operator, right } = body
      if (operator === "intersect all" || operator === "except all") writer.requires(operator)
      if (isChain(left, operator)) printBody(writer, dialect, left, ctes)
      else printOperand(writer, dialect, left, ctes)
      writer.text(` ${operator} `)
      return printOperand(writer, dialect, right, ctes)
    }
    case "Values":
      return printValues(writer, dialect, body)
    case "Listed":
      return dialect.print.listed(writer, body.columns, body.rows)
    case "Written":
      return printWritten(writer, body, ctes)
  }
}

const printWritten = (writer: Writer, { args, strings }: Written, ctes: Ctes): void => {
  strings.forEach((text, i) => {
    writer.text(text)
    const arg = args[i]
    if (arg === undefined) return
    if (!isSource(arg)) writer.operand(arg)
    else if (arg._tag === "CteSource") writer.identifier(ctes.nameOf(arg.cte))
    else if (arg._tag === "DerivedSource") writer.body(arg.body)
    else if (arg._tag === "ElementsSource") writer.expression(arg.of)
    else {
      const problem = arg.table.problem()
      if (problem !== undefined) throw problem
      ctes.refuse(arg.table)
      writer.table(arg.table)
    }
  })
  // A comment at the end would take what follows with it.
  if (/(?:--|#)[^\n]*$/.test(strings.at(-1) ?? "")) writer.text("\n")
}

/** Which operators are of one rank on every database, and so worked out from the left. */
const rankOf = (operator: Compound["operator"]): string => operator.startsWith("intersect") ? "intersect" : "others"

const isChain = (left: Body, operator: Compound["operator"]): boolean =>
  left._tag === "Compound" && rankOf(left.operator) === rankOf(operator)

/** Whether it can stand beside a set operator as it is: SQLite takes no parentheses there. */
const isPlain = (body: Body, { print }: Dialect, ctes: Ctes): boolean => {
  if (body._tag !== "Select" || body.orderBy.length > 0 || body.limit !== undefined || body.offset !== undefined) {
    return false
  }
  if (print.standsBare?.(body) === false) return false
  const found: Array<Cte> = []
  ofBody(body, ctes, found)
  return found.length === 0
}

const printOperand = (writer: Writer, dialect: Dialect, body: Body, ctes: Ctes): void => {
  if (isPlain(body, dialect, ctes)) return printBody(writer, dialect, body, ctes)
  writer.text("select * from ").body(body).text(" as ").identifier("operand")
}

const printValues = (writer: Writer, { print }: Dialect, { columns, rows }: Values): void => {
  if (rows.length > 0) {
    print.values(writer, columns, (values) => {
      writer.text("(").list(columns.map(({ type }, i) => [type, values[i]] as const), ([type, value]) => {
        writer.parameter(value, type)
      }).text(")")
    }, rows)
    return
  }
  writer.text("select ").list(columns, ({ name, type }) => {
    print.cast(writer, { _tag: "Fragment", strings: ["null"], args: [], type }, type)
    writer.text(" as ").identifier(name)
  }).text(" where 1 = 0")
}
