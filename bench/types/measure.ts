/**
 * What the types cost the compiler: a file with many models and ten queries and mutations a model, checked by `tsc`.
 *
 * `npx tsx bench/types/measure.ts [models] [directory of the sources]`
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const models = Number(process.argv[2] ?? 100)
const source = resolve(process.argv[3] ?? join(root, "src"))

const part = (i: number) => {
  const next = (i + 1) % models
  const model = `
export class M${i} extends Model.Class<M${i}>("M${i}")({
  id: Field.generated(Schema.Int.pipe(Schema.brand("M${i}"))).pipe(Field.primaryKey),
  name${i}: Schema.NonEmptyString.pipe(Field.unique),
  age: Schema.Int.pipe(Schema.nonNegative()),
  nick: Schema.NullOr(Schema.String),
  bio: Schema.OptionFromNullOr(Schema.String),
  secret: Schema.String.pipe(Field.sensitive),
  role: Schema.Literal("admin", "member").pipe(Field.default("member")),
  settings: Schema.Struct({ theme: Schema.String }),
  nextId: Schema.Int.pipe(Schema.brand("M${next}"), Field.references(() => M${next})),
  ...Model.timestamps
}, { table: "m${i}", indexes: [["age", "name${i}"]] }) {}`
  const queries = `
export const r${i} = Relation.belongsTo(M${i}, M${next}, "nextId")
export const q${i} = [
  Query.from(M${i}).pipe(
    Query.where({ age: { gte: 18 }, name${i}: { contains: "a" }, or: [{ nick: "b" }, { role: { in: ["admin"] } }] })
  ),
  Query.from(M${i}).pipe(Query.where({ id: { in: [] }, not: { bio: "x" } }), Query.orderBy((m) => Expr.desc(m.createdAt))),
  Query.from(M${i}).pipe(
    Query.where((m) => Expr.or(Expr.gte(m.age, 18), Expr.eq(m.nick, "x"))),
    Query.select((m) => ({ name: m.name${i}, nick: Expr.lower(m.nick), bio: m.bio }))
  ),
  Query.from(M${i}).pipe(
    Query.innerJoin("next", M${next}, (m, { next }) => Expr.eq(m.nextId, next.id)),
    Query.where({ age: 3 }),
    Query.select((m, { next }) => ({ name: m.name${i}, next: next.name${next}, whole: next }))
  ),
  Query.from(M${i}).pipe(
    Query.leftJoin("next", M${next}, (m, { next }) => Expr.eq(m.nextId, next.id)),
    Query.groupBy((m, { next }) => [m.role, next.age]),
    Query.having(() => Expr.gt(Expr.count(), 3)),
    Query.select((m, { next }) => ({ role: m.role, age: next.age, n: Expr.count() }))
  ),
  Query.from(M${i}).pipe(
    Query.where((m) => Expr.in(m.nextId, Query.from(M${next}).pipe(Query.where({ age: 1 }), Query.pluck((n) => n.id))))
  ),
  Query.from(M${i}).pipe(Query.where(Relation.some(r${i}, { age: { lt: 3 } })), Query.include({ next: r${i} })),
  Query.from(Query.from(M${i}).pipe(Query.select((m) => ({ age: m.age })), Query.as("d"))).pipe(
    Query.where({ age: { gte: 3 } })
  ),
  Mutation.update(M${i}).pipe(Mutation.set({ age: 3, nick: null }), Mutation.where({ age: { lt: 3 }, nick: "x" })),
  Mutation.update(M${i}).pipe(Mutation.set((m) => ({ age: Expr.add(m.age, 1) })), Mutation.where((m) => Expr.eq(m.age, 1)))
] as const`
  return { model, queries }
}

const parts = Array.from({ length: models }, (_, i) => part(i))
const directory = mkdtempSync(join(tmpdir(), "strata-types-"))
try {
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }))
  writeFileSync(
    join(directory, "models.ts"),
    [
      `import * as Schema from "effect/Schema"`,
      ...["Expr", "Field", "Model", "Mutation", "Query", "Relation"].map((name) =>
        `import * as ${name} from "effect-strata/${name}"`
      ),
      ...parts.map((part) => part.model),
      ...parts.map((part) => part.queries)
    ].join("\n")
  )
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { plugins: [], types: [], paths: { "effect-strata/*": [join(source, "*.ts")] } },
      files: ["models.ts"],
      include: []
    })
  )
  const output = execFileSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", directory, "--extendedDiagnostics"],
    { encoding: "utf8" }
  )
  for (const line of output.split("\n")) {
    if (/^(Instantiations|Types|Memory used|Check time|Total time):/.test(line)) console.log(line)
  }
} catch (error) {
  console.log((error as { readonly stdout?: string }).stdout ?? error)
  process.exitCode = 1
} finally {
  rmSync(directory, { recursive: true })
}
