/**
 * A database that prints, and does nothing else.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type * as Capability from "../Capability.js"
import * as Database from "../Database.js"
import { ConfigurationError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import * as Printing from "../executor/printing.js"
import * as Mysql from "../mysql/dialect.js"
import * as Postgres from "../postgres/dialect.js"
import * as Sqlite from "../sqlite/dialect.js"

const dialects = {
  sqlite: Sqlite.dialect,
  postgresql: Postgres.dialect,
  mysql: Mysql.make({ kind: "mysql", version: [8, 0, 36] }),
  mariadb: Mysql.make({ kind: "mariadb", version: [10, 11, 6] })
} satisfies { readonly [name: string]: Dialect }

const refused = Effect.fail(
  new ConfigurationError({
    problem: "The database of Testing.printing prints statements and runs none",
    hint: "ask for the text by Query.toSql or Mutation.toSql, or provide the Layer of a database"
  })
)

/**
 * A Layer for tests without any database or driver: what `Query.toSql` and `Mutation.toSql` ask of it they are told, for the dialect of that
 * name; a statement that is run on it is a ConfigurationError.
 *
 * @since 0.1.0
 * @category printing
 */
export const printing = <const Name extends keyof typeof dialects>(
  name: Name
): Layer.Layer<Database.Database | Capability.Of<Name>> =>
  Layer.succeed(Database.Database, {
    server: { name, version: "" },
    run: () => refused,
    stream: () => Stream.fromEffect(refused),
    transact: () => refused,
    scopeOf: () => undefined,
    pool: { state: Effect.die("no pool"), resize: () => Effect.die("no pool") },
    readOnlyReason: refused,
    lock: () => refused,
    explain: () => refused,
    print: Printing.make(dialects[name]),
    load: () => refused,
    observers: { list: [], add: () => Effect.void }
  }) as Layer.Layer<any>
