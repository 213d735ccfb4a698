/** Prints why a file cannot be written, for a test that has to ask as another user. */
import { Session } from "../../src/sqlite/session.js"
import BetterSqlite from "better-sqlite3"
import type { Settings } from "../../src/sqlite/handle.js"

const filename = process.argv[2]!
const settings: Settings = {
  Database: BetterSqlite as unknown as Settings["Database"],
  filename,
  isReadonly: false,
  mustExist: true,
  synchronous: "normal",
  control: undefined
}

process.stdout.write(`${new Session(new BetterSqlite(filename, { readonly: true }), settings).readOnlyReason()}\n`)
