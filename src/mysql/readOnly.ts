/**
 * Why a server takes no writes at the moment.
 */
import * as Effect from "effect/Effect"
import type { Failure } from "../Driver.js"
import { positional } from "./protocol.js"
import { resultOf } from "./results.js"
import type { Session } from "./session.js"

/** Statements that a node of a Galera cluster answers also while it knows of no majority, when it refuses to read any table. */
const variables =
  "show global variables where variable_name in ('read_only', 'super_read_only', 'innodb_read_only', 'wsrep_on')"
const cluster = "show global status where variable_name in ('wsrep_ready', 'wsrep_cluster_status')"

const isOn = (value: string | undefined): boolean => value !== undefined && !/^(?:0|off)$/i.test(value)

export const readOnlyReason = (session: Session): Effect.Effect<string | undefined, Failure> => {
  const show = (text: string) =>
    session.run(
      text,
      (done) => session.raw.query(positional(session.site.library, text, []), done),
      (results, fields) =>
        new Map(
          resultOf(text, results, fields).rows.map(([name, value]) => [String(name).toLowerCase(), String(value)])
        )
    )
  return Effect.gen(function*() {
    const settings = yield* show(variables)
    const name = ["super_read_only", "read_only", "innodb_read_only"].find((name) => isOn(settings.get(name)))
    if (name !== undefined) return `the server's ${name} is on`
    if (!isOn(settings.get("wsrep_on"))) return undefined
    const status = yield* show(cluster)
    return isOn(status.get("wsrep_ready"))
      ? undefined
      : `the node is not ready for work in its cluster, which it sees as ${status.get("wsrep_cluster_status")}`
  })
}
