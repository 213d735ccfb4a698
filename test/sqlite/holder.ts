/** Another process that holds the write lock of a file: says when it has it, and lets go of it when its input ends. */
import BetterSqlite from "better-sqlite3"

const database = new BetterSqlite(process.argv[2]!)
database.exec("begin immediate")
process.stdout.write("held\n")
process.stdin.on("end", () => {
  database.exec("commit")
  database.close()
})
process.stdin.resume()
