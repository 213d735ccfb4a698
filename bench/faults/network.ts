/**
 * The network between the program under test and its database.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ConfigurationError } from "../../src/DbError.js"
import * as Faults from "../../src/Faults.js"
import type { Target } from "./scenario.js"

/** A proxy in front of a target, and the URL that leads through it. */
export const between = (
  { name, url }: Target
): Effect.Effect<{ readonly proxy: Faults.Proxy; readonly url: string }, ConfigurationError, Scope.Scope> => {
  const { hostname, port } = new URL(url)
  const to = { host: hostname, port: port === "" ? name === "postgres" ? 5432 : 3306 : Number(port) }
  return Effect.map(Faults.proxy(to), (proxy) => ({ proxy, url: proxy.url(url) }))
}

/** The URL with a limit of so many seconds for opening a connection. */
export const withConnectTimeout = (name: Target["name"], url: string, seconds: number): string => {
  const limited = new URL(url)
  limited.searchParams.set(name === "postgres" ? "connect_timeout" : "connect-timeout", String(seconds))
  return limited.href
}
