/**
 * Reads what a connection to a server needs to know, from options and a URL: checked, and with no word of the password in what is said
 * about it.
 */
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import { Problem } from "./problem.js"
import { canonical, fieldOf } from "./tls.js"
import type { Given } from "./tls.js"

/** Where a URL leads. */
export interface Address<Parameter extends string> {
  readonly host: string | undefined
  readonly port: number | undefined
  readonly database: string | undefined
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
  readonly parameters: { readonly [P in Parameter]?: string }
  /** What its parameters say of encryption. */
  readonly tls: Given
}

/** How the URLs of one kind of server are written. */
export interface Form<Parameter extends string> {
  /** In messages: `PostgreSQL`. */
  readonly server: string
  readonly schemes: ReadonlyArray<string>
  /** `postgres://user:password@host:5432/database` */
  readonly example: string
  readonly parameters: ReadonlyArray<Parameter>
  /** How its own programs call the parameters of encryption; those of the other servers are understood as well. */
  readonly tlsParameters: ReadonlyArray<string>
  /** Other ways to write a text that is no URL as it stands. */
  readonly alternatives?: (url: string) => ReadonlyArray<string>
}

const maxTimer = 2_147_483_647

/** Takes the options that are the server's own out of all of them; the rest is for the pool. */
export const split = <Own extends object, All extends Own>(
  options: All,
  names: { readonly [name in keyof Required<Own>]: true }
): { readonly own: Own; readonly rest: Omit<All, keyof Own> } => {
  const part = (isOwn: boolean) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(names, name) === isOwn))
  return { own: part(true), rest: part(false) } as never
}

/** The readers of one kind of server's settings. */
export const readers = <const Parameter extends string>(form: Form<Parameter>) => {
  const { example, parameters, schemes, server, tlsParameters } = form
  const hint =
    `the form is ${example}, and characters such as @ : / # ? % in the user and the password are percent-encoded`

  const decoded = (part: string): string | undefined => {
    try {
      return part === "" ? undefined : decodeURIComponent(part)
    } catch {
      throw new Problem(`the ${server} URL has a % that encodes nothing`, hint)
    }
  }

  const parse = (text: string): URL => {
    for (const one of [text, ...form.alternatives?.(text) ?? []]) {
      try {
        return new URL(one)
      } catch {
        // The error holds the URL, and so the password.
      }
    }
    throw new Problem(`the ${server} URL is not a URL`, hint)
  }

  const parametersOf = (url: URL): Pick<Address<Parameter>, "parameters" | "tls"> => {
    const found: { [P in Parameter]?: string } = {}
    const tls: { -readonly [F in keyof Given]: Given[F] } = {}
    for (const [given, text] of url.searchParams) {
      const field = fieldOf(given)
      if (field !== undefined) {
        tls[field] = { where: `the ${given} of the ${server} URL`, text }
        continue
      }
      const name = parameters.find((known) => canonical(known) === canonical(given))
      if (name === undefined) {
        // A name is shown only if it looks like one: after a mistake it can be a piece of a password.
        throw new Problem(
          `the ${server} URL has a parameter ${
            /^[a-zA-Z_-]{1,40}$/.test(given) ? `"${given}" ` : ""
          }that is not understood`,
          `there are ${[...parameters, ...tlsParameters].join(", ")}; other settings are options of the Layer`
        )
      }
      found[name] = text
    }
    return { parameters: found, tls }
  }

  return {
    hint,

    address: (given: Redacted.Redacted): Address<Parameter> => {
      const text = Redacted.value(given)
      const url = parse(text)
      // Without // what follows is one path, of which the password would become the name of the database.
      if (!schemes.some((scheme) => text.trim().toLowerCase().startsWith(`${scheme}://`))) {
        throw new Problem(
          `the ${server} URL does not begin with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
          hint
        )
      }
      if (url.hash !== "" || url.pathname.slice(1).includes("/")) {
        throw new Problem(`the ${server} URL has a ${url.hash === "" ? "second /" : "#"} after the host`, hint)
      }
      const password = decoded(url.password)
      return {
        host: decoded(url.hostname.replace(/^\[(.*)\]$/, "$1")),
        port: url.port === "" ? undefined : Number(url.port),
        database: decoded(url.pathname.slice(1)),
        username: decoded(url.username),
        password: password === undefined ? undefined : Redacted.make(password),
        ...parametersOf(url)
      }
    },

    /** A parameter in whole seconds, 0 for no limit. */
    seconds: (parameter: Parameter, text: string | undefined): Duration.Duration | undefined => {
      if (text === undefined) return undefined
      if (!/^\d{1,6}$/.test(text)) throw new Problem(`the ${parameter} of the ${server} URL is not a number of seconds`)
      return text === "0" ? Duration.infinity : Duration.seconds(Number(text))
    },

    /** Whole milliseconds; undefined for no limit. */
    millis: (name: string, input: Duration.DurationInput): number | undefined => {
      const value = Duration.decodeUnknown(input)
      if (value._tag === "None" || Duration.toMillis(value.value) === 0) {
        throw new Problem(
          `the ${name} for ${server} is no length of time`,
          "leave it out for none, or say Duration.infinity"
        )
      }
      const time = Duration.toMillis(value.value)
      return time > maxTimer ? undefined : Math.ceil(time)
    },

    port: (port: number | undefined): number | undefined => {
      if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
        throw new Problem(`the port for ${server} is not one from 1 to 65535`)
      }
      return port
    },

    text: (name: string, value: string | undefined): string | undefined => {
      if (value?.includes("\u0000") === true) throw new Problem(`the ${name} for ${server} holds the character U+0000`)
      return value
    },

    password: (password: Redacted.Redacted | undefined): Redacted.Redacted | undefined => {
      if (password !== undefined && Redacted.value(password).includes("\u0000")) {
        throw new Problem(`the password for ${server} holds the character U+0000`)
      }
      return password
    }
  }
}
