/**
 * Decoders: generated or interpreted, they make of a row what the Schema itself makes of it, and name the column that does not fit.
 */
import { assert, describe, it } from "@effect/vitest"
import { Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as FastCheck from "effect/FastCheck"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as Executor from "../../src/Executor.js"
import type { Projection } from "../../src/sql/ast.js"
import type { Mode } from "../../src/sql/decode.js"
import { makeDecoder, RowProblem } from "../../src/sql/decode.js"
import { InvalidValue } from "../../src/sql/storage.js"
import * as SqliteDriver from "../../src/sqlite/driver.js"
import { same } from "../support/same.js"
import { schemas } from "./schemas.js"
import type { Side } from "./rows.js"
import { rawOf, sides } from "./rows.js"

const modes: ReadonlyArray<Mode> = ["auto", "interpreted"]

const decode = (projection: Projection, { dialect }: Side, mode: Mode, rows: ReadonlyArray<ReadonlyArray<unknown>>) =>
  makeDecoder(projection, dialect, mode).decode(rows)

/** The raw row of a model's instance; undefined where a value is refused. */
const rowOf = (side: Side, model: Model.Any, encoded: { readonly [property: string]: unknown }) => {
  try {
    return Object.values(model.columns).map((column) => rawOf(side, column.type, encoded[column.property]))
  } catch (problem) {
    if (problem instanceof InvalidValue) return undefined
    throw problem
  }
}

describe("a decoder makes what the Schema makes of", () => {
  for (const [name, field] of Object.entries(schemas)) {
    it(name, () => {
      const One = class extends Model.Class<any>("One")({ value: field }) {} as any
      const schema: Schema.Schema<any, any> = Field.isField(field) ? field.schema as never : field as never
      const [encode, read] = [Schema.encodeSync(schema), Schema.decodeUnknownSync(schema)]
      let kept = 0
      FastCheck.assert(
        FastCheck.property(Arbitrary.make(schema), (value) => {
          const encoded = encode(value)
          const expected = read(encoded)
          for (const side of sides) {
            const row = rowOf(side, One, { value: encoded })
            if (row === undefined) continue
            kept++
            for (const mode of modes) {
              const [instance] = decode(Query.from(One).ast.projection, side, mode, [row]) as ReadonlyArray<any>
              assert.isTrue(same(instance.value, expected), `${side.dialect.name}, ${mode}`)
              assert.isTrue(
                same(instance, Schema.decodeUnknownSync(One as Schema.Schema<any, any>)({ value: encoded }))
              )
              const bare = Query.from(One as typeof Any).pipe(Query.pluck((one) => one.value)).ast.projection
              assert.isTrue(same(decode(bare, side, mode, [row])[0], expected))
            }
          }
        }),
        { numRuns: 100 }
      )
      // Some are beyond what a database can hold.
      assert.isAbove(kept, 20)
    })
  }
})

class Any extends Model.Class<Any>("Any")({ value: Schema.Unknown }) {}

class Address extends Schema.Class<Address>("Address")({ street: Schema.String, since: Schema.DateTimeUtc }) {
  get line() {
    return `${this.street}!`
  }
}

class Person extends Model.Class<Person>("Person")({
  id: Schema.Int.pipe(Schema.brand("PersonId"), Field.primaryKey),
  name: Schema.NonEmptyTrimmedString,
  born: Schema.DateTimeUtc,
  nick: Schema.OptionFromNullOr(Schema.String),
  address: Schema.NullOr(Address),
  secret: Schema.Redacted(Schema.String).pipe(Field.sensitive),
  balance: Schema.BigDecimal
}) {
  readonly greeting = `hello ${this.name}`
  private calls = 0
  get initial() {
    return this.name.slice(0, 1)
  }
  call() {
    return ++this.calls
  }
}

class Pet extends Model.Class<Pet>("Pet")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.NullOr(Schema.String)
}) {}

/** No column is certain. */
class Loose extends Model.Class<Loose>("Loose")({ a: Schema.NullOr(Schema.Int), b: Schema.NullOr(Schema.String) }) {}

const people = Arbitrary.make(Person.select)

describe("an instance", () => {
  it("is one, as the Schema's own is", () => {
    const encode = Schema.encodeSync(Person.select)
    FastCheck.assert(FastCheck.property(people, (person) => {
      const encoded = encode(person)
      const expected = Schema.decodeUnknownSync(Person)(encoded)
      for (const side of sides) {
        const row = rowOf(side, Person, encoded)
        if (row === undefined) continue
        for (const mode of modes) {
          const made = decode(Query.from(Person).ast.projection, side, mode, [row])[0] as Person
          assert.instanceOf(made, Person)
          assert.isTrue(Equal.equals(made, expected))
          assert.isTrue(Equal.equals(expected, made))
          assert.strictEqual(Hash.hash(made), Hash.hash(expected))
          assert.deepStrictEqual(Object.keys(made), Object.keys(expected))
          assert.strictEqual(made.greeting, expected.greeting)
          assert.strictEqual(made.initial, expected.initial)
          assert.deepStrictEqual([made.call(), made.call()], [1, 2])
          if (expected.address !== null) {
            assert.instanceOf(made.address, Address)
            assert.strictEqual(made.address?.line, expected.address.line)
          }
          assert.strictEqual(Redacted.value(made.secret), Redacted.value(expected.secret))
        }
      }
    }))
  })
})

const [sqlite] = sides as readonly [Side]

const bothOf = (projection: Projection, rows: ReadonlyArray<ReadonlyArray<unknown>>): ReadonlyArray<unknown> => {
  const [generated, interpreted] = modes.map((mode) => decode(projection, sqlite, mode, rows))
  assert.isTrue(same(generated, interpreted))
  return generated!
}

describe("a shape", () => {
  it("has names of any kind, in their order", () => {
    const names = [
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "then",
      "a b",
      "it's",
      "\"",
      "`",
      "\\",
      "\n",
      "\u2028",
      "${x}",
      "",
      "0",
      "e0",
      "r",
      "😀",
      "});process.exit(1);({"
    ]
    const query = Query.from(Pet).pipe(
      Query.select((p) =>
        Object.fromEntries(names.map((name) => [name, name === "r" ? Expr.record({ ["__proto__"]: p.id }) : p.id]))
      )
    )
    const keys = Object.keys(Object.fromEntries(names.map((name) => [name, 0])))
    const [row] = bothOf(query.ast.projection, [keys.map((_, i) => BigInt(i))]) as ReadonlyArray<any>
    assert.deepStrictEqual(Object.keys(row), keys)
    assert.strictEqual(Object.getPrototypeOf(row), Object.prototype)
    keys.forEach((key, i) => {
      const found = Object.getOwnPropertyDescriptor(row, key)?.value
      assert.strictEqual(key === "r" ? Object.getOwnPropertyDescriptor(found, "__proto__")?.value : found, i)
    })
  })

  it("of any depth is read from left to right", () => {
    interface Tree {
      readonly [name: string]: Tree | null
    }
    const { tree } = FastCheck.letrec<{ tree: Tree }>((tie) => ({
      tree: FastCheck.dictionary(FastCheck.string(), FastCheck.option(tie("tree"), { depthSize: "small" }), {
        minKeys: 1,
        maxKeys: 4,
        noNullPrototype: true
      }) as FastCheck.Arbitrary<Tree>
    }))
    FastCheck.assert(FastCheck.property(tree, (given) => {
      let count = 0
      const values: Array<bigint> = []
      const shapeOf = (node: Tree, p: any): any =>
        Object.fromEntries(
          Object.entries(node).map(([name, inner]) => [name, inner === null ? p.id : Expr.record(shapeOf(inner, p))])
        )
      const valueOf = (node: Tree): object =>
        Object.fromEntries(
          Object.entries(node).map(([name, inner]) => {
            if (inner !== null) return [name, valueOf(inner)]
            values.push(BigInt(count))
            return [name, count++]
          })
        )
      const projection = Query.from(Pet).pipe(Query.select((p) => shapeOf(given, p))).ast.projection
      const expected = valueOf(given)
      assert.isTrue(same(bothOf(projection, [values])[0], expected))
    }))
  })

  it("has null for what a left join did not find", () => {
    const query = Query.from(Pet).pipe(
      Query.leftJoin("owner", Person, (p, { owner }) => Expr.eq(p.id, owner.id)),
      Query.leftJoin("loose", Loose, (p, { loose }) => Expr.eq(loose.a, p.id)),
      Query.select((pet, { loose, owner }) => ({
        pet,
        owner,
        loose,
        born: owner.born,
        nick: owner.nick,
        inner: Expr.record({ name: owner.name })
      }))
    )
    const nothing = (count: number) => Array.from({ length: count }, () => null)
    const [absent, present, empty] = bothOf(query.ast.projection, [
      [1n, null, ...nothing(7), ...nothing(2), null, null, null],
      [
        1n,
        "a",
        2n,
        "Ada",
        "2026-01-01T00:00:00.000Z",
        null,
        null,
        "s",
        "1.5",
        3n,
        null,
        "2026-01-01T00:00:00.000Z",
        "n",
        "Ada"
      ],
      [
        1n,
        "",
        2n,
        "Ada",
        "2026-01-01T00:00:00.000Z",
        "",
        null,
        "",
        "0",
        null,
        "",
        "2026-01-01T00:00:00.000Z",
        "",
        "Ada"
      ]
    ]) as ReadonlyArray<any>
    assert.isTrue(same(absent.pet, new Pet({ id: 1, name: null })))
    assert.deepStrictEqual([absent.owner, absent.loose, absent.born, absent.inner], [null, null, null, { name: null }])
    assert.strictEqual(absent.nick._tag, "None")
    assert.instanceOf(present.owner, Person)
    assert.isTrue(same(present.loose, new Loose({ a: 3, b: null })))
    assert.isTrue(same(empty.loose, new Loose({ a: null, b: "" })))
    assert.strictEqual(empty.owner.nick._tag, "Some")
  })

  it("has null for a whole query that a left join did not find", () => {
    const named = Query.from(Pet).pipe(
      Query.select((p) => ({ name: p.name, about: Expr.record({ id: p.id }), pet: p })),
      Query.as("named")
    )
    const query = Query.from(Pet).pipe(
      Query.leftJoin("other", named, () => Expr.and()),
      Query.select((_, { other }) => ({ other }))
    )
    const [absent, present] = bothOf(query.ast.projection, [
      [null, null, null, null],
      [null, 1n, 1n, null]
    ]) as ReadonlyArray<any>
    assert.deepStrictEqual(absent, { other: null })
    assert.isTrue(same(present, { other: { name: null, about: { id: 1 }, pet: new Pet({ id: 1, name: null }) } }))
  })
})

/** Values that no column of the kind can have. */
const wrong: ReadonlyArray<readonly [column: number, raw: unknown]> = [
  [0, "x"],
  [0, 1.5],
  [0, null],
  [1, ""],
  [1, " untrimmed"],
  [1, 5],
  [1, null],
  [2, "yesterday"],
  [2, null],
  [3, 5],
  [4, "{"],
  [4, "{\"street\":5,\"since\":\"2026-01-01T00:00:00.000Z\"}"],
  [4, "{\"street\":\"a\",\"since\":\"never\"}"],
  [6, "1.2.3"]
]

const good: ReadonlyArray<unknown> = [1n, "Ada", "2026-01-01T00:00:00.000Z", null, null, "canary", "1.5"]

const problemOf = (projection: Projection, mode: Mode, rows: ReadonlyArray<ReadonlyArray<unknown>>): RowProblem => {
  try {
    decode(projection, sqlite, mode, rows)
  } catch (problem) {
    assert.instanceOf(problem, RowProblem)
    return problem as RowProblem
  }
  return assert.fail("was decoded")
}

describe("a bad row", () => {
  it("is told by column and row, by both twins alike", () => {
    const { projection } = Query.from(Person).ast
    FastCheck.assert(FastCheck.property(FastCheck.constantFrom(...wrong), FastCheck.nat(20), ([column, raw], at) => {
      const rows = Array.from({ length: at + 3 }, (_, i) => i === at ? good.with(column, raw) : good)
      const [generated, interpreted] = modes.map((mode) => problemOf(projection, mode, rows))
      assert.deepStrictEqual(generated, interpreted)
      assert.strictEqual(generated!.row, at)
      assert.strictEqual(generated!.leaf.path.at(-1), Object.values(Person.columns)[column]!.name)
      assert.isAbove(generated!.problem.length, 0)
    }))
  })

  it("has no problem that shows a value", () => {
    const { projection } = Query.from(Person).ast
    const rows: ReadonlyArray<readonly [number, unknown]> = [
      [0, "canary"],
      [1, " canary"],
      [2, "canary"],
      [4, "{\"street\":\"canary\",\"since\":\"canary\"}"],
      [6, "canary"]
    ]
    for (const [column, raw] of rows) {
      for (const mode of modes) {
        assert.notInclude(problemOf(projection, mode, [good.with(column, raw)]).problem, "canary", `column ${column}`)
      }
    }
  })

  const Pin = Schema.String.pipe(Schema.pattern(/^\d{4}$/, { message: () => "a pin of four digits, not canary" }))
  class Account extends Model.Class<Account>("Account")({
    id: Schema.Int.pipe(Field.primaryKey),
    pin: Pin.pipe(Field.sensitive),
    kind: Schema.Literal("a", "b")
  }, { table: "accounts" }) {}

  for (const mode of modes) {
    it.scoped(`is a DecodeError (${mode})`, () =>
      Effect.gen(function*() {
        const find = (kind: string) =>
          Query.from(Account).pipe(
            Query.where((a) => Expr.eq(Expr.sql(Schema.String)`${a.kind}`, kind)),
            Query.orderBy((a) => Expr.asc(a.id))
          )
        const sql = yield* SqlClient.SqlClient
        yield* sql`create table accounts (id integer primary key, pin text, kind text)`
        yield* sql`insert into accounts values (1, '1234', 'a'), (2, '12', 'a'), (3, '1234', 'c')`
        const sensitive = yield* Effect.flip(find("a"))
        assert.deepInclude(sensitive, { _tag: "DecodeError", table: "accounts", column: "pin", row: 1 })
        assert.notInclude(`${String(sensitive)} ${JSON.stringify(sensitive)}`, "canary")
        const input = yield* Effect.flip(Mutation.insert(Account, { id: 4, pin: "canary", kind: "a" }))
        assert.strictEqual(input._tag, "ValidationError")
        assert.notInclude(`${String(input)} ${JSON.stringify(input)}`, "canary")
        const plain = yield* Effect.flip(find("c"))
        assert.deepInclude(plain, { _tag: "DecodeError", table: "accounts", column: "kind", row: 0 })
        const aliased = yield* Effect.flip(
          Query.select((a: Expr.Columns<typeof Account>) => ({ what: a.kind }))(find("c"))
        )
        assert.deepInclude(aliased, { _tag: "DecodeError", table: "accounts", column: "what", row: 0 })
      }).pipe(Effect.provide(
        Executor.layer({ open: SqliteDriver.make({ filename: ":memory:" }), pool: { size: 1 }, decoding: mode })
      )))
  }
})

describe("where code may not be generated", () => {
  it("rows are decoded all the same", async () => {
    const script = fileURLToPath(new URL("./withoutEval.ts", import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--disallow-code-generation-from-strings",
      "--import",
      "tsx",
      script
    ])
    assert.deepStrictEqual(JSON.parse(stdout), {
      canGenerate: false,
      decoded: [{ id: 1, pet: { id: 1, name: "a" }, isPet: true }, { id: 2, pet: { id: 2, name: null }, isPet: true }]
    })
  })
})
