/**
 * Text put together by hand.
 */
import type { Column, OpenBuilder, Wanted } from "../building.js"

const names: { readonly [C in Column]: string } = {
  id: "p.id",
  title: "p.title",
  body: "p.body",
  createdAt: "p.created_at",
  name: "a.name",
  email: "a.email",
  age: "a.age"
}

const text = ({ active, authors, columns, limit, minimumAge, offset, order, since, startsWith }: Wanted) => {
  const conditions: Array<string> = []
  const parameters: Array<unknown> = []
  if (minimumAge !== undefined) {
    conditions.push("a.age >= ?")
    parameters.push(minimumAge)
  }
  if (active !== undefined) {
    conditions.push("a.active = ?")
    parameters.push(Number(active))
  }
  if (startsWith !== undefined) {
    conditions.push("p.title like ?")
    parameters.push(`${startsWith}%`)
  }
  if (authors !== undefined) {
    conditions.push(`p.author_id in (${authors.map(() => "?").join(", ")})`)
    parameters.push(...authors)
  }
  if (since !== undefined) {
    conditions.push("p.created_at >= ?")
    parameters.push(since.toISOString())
  }
  parameters.push(limit, offset)
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`
  const by = order === "newest" ? "p.created_at desc, p.id desc" : "p.title, p.id"
  return {
    sql: `select ${
      columns.map((column) => names[column]).join(", ")
    } from posts p inner join users a on p.author_id = a.id${where} order by ${by} limit ? offset ?`,
    parameters
  }
}

export const open: OpenBuilder = async () => ({
  build: (wanted) => {
    let last = { sql: "", parameters: [] as ReadonlyArray<unknown> }
    for (const one of wanted) last = text(one)
    return last
  }
})
