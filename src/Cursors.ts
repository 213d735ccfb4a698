/**
 * What the cursors of pages are sealed with, so that nobody reads, makes or changes one.
 *
 * A cursor holds the place of a row in its query's order. It is encrypted and authenticated (AES-256-GCM under keys that are derived from a secret),
 * and its text is safe in URLs. Every process that is to take a cursor needs the secret it was made with.
 *
 * ```ts
 * import { Config, Redacted } from "effect"
 * import { Cursors } from "effect-strata"
 *
 * const fromEnvironment = Cursors.layerConfig(Config.redacted("CURSOR_SECRET"))
 * // a new secret; cursors of the old one are still taken
 * const rotated = Cursors.layer({
 *   secret: Redacted.make("the new secret of this service"),
 *   previous: [Redacted.make("the old secret of this service")]
 * })
 * ```
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto"
import { ConfigurationError } from "./DbError.js"

/**
 * Seals texts and opens what it sealed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** A text that is safe in URLs: the same one for the same text. */
  readonly seal: (text: string) => string
  /** What was sealed; undefined of what was not sealed here, or was changed. */
  readonly open: (sealed: string) => string | undefined
}

/**
 * What seals the cursors of a program.
 *
 * @since 0.1.0
 * @category tags
 */
export class Cursors extends Context.Tag("effect-strata/Cursors")<Cursors, Service>() {}

/**
 * The secrets: `secret` seals, and cursors that one of `previous` sealed are still opened. Each has at least 16 bytes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly secret: Redacted.Redacted
  readonly previous?: ReadonlyArray<Redacted.Redacted>
}

/** The first byte of a cursor: the form of what follows. */
const version = 1
const ivBytes = 12
const tagBytes = 16
const leastSecret = 16
/** No cursor is longer: a longer text is not looked at. */
const mostCharacters = 64 * 1024

/** One secret's keys. */
class Keys {
  private readonly forText: Buffer
  private readonly forIv: Buffer

  constructor(secret: string | Uint8Array) {
    const derived = (use: string): Buffer =>
      Buffer.from(hkdfSync("sha256", secret, "", `effect-strata cursor ${use}`, 32))
    this.forText = derived("text")
    this.forIv = derived("iv")
  }

  /** The initialisation vector follows from the text, so that none comes twice for two texts. */
  seal(text: string): string {
    const head = Buffer.of(version)
    const iv = createHmac("sha256", this.forIv).update(text).digest().subarray(0, ivBytes)
    const cipher = createCipheriv("aes-256-gcm", this.forText, iv).setAAD(head)
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()])
    return Buffer.concat([head, iv, sealed, cipher.getAuthTag()]).toString("base64url")
  }

  open(bytes: Buffer): string | undefined {
    const head = bytes.subarray(0, 1)
    const end = bytes.length - tagBytes
    const decipher = createDecipheriv("aes-256-gcm", this.forText, bytes.subarray(1, 1 + ivBytes), {
      authTagLength: tagBytes
    }).setAAD(head).setAuthTag(bytes.subarray(end))
    try {
      const text = decipher.update(bytes.subarray(1 + ivBytes, end))
      return Buffer.concat([text, decipher.final()]).toString("utf8")
    } catch {
      return undefined
    }
  }
}

const make = (secrets: ReadonlyArray<string | Uint8Array>): Service => {
  const [current, ...previous] = secrets.map((secret) => new Keys(secret)) as [Keys, ...Array<Keys>]
  return {
    seal: (text) => current.seal(text),
    open: (sealed) => {
      if (typeof sealed !== "string" || sealed.length > mostCharacters) return undefined
      const bytes = Buffer.from(sealed, "base64url")
      // One text a cursor: not what is read as the same bytes.
      if (bytes.length < 1 + ivBytes + tagBytes || bytes.toString("base64url") !== sealed) return undefined
      if (bytes[0] !== version) return undefined
      for (const keys of [current, ...previous]) {
        const text = keys.open(bytes)
        if (text !== undefined) return text
      }
      return undefined
    }
  }
}

const checked = ({ previous = [], secret }: Options): Effect.Effect<Service, ConfigurationError> => {
  const secrets = [secret, ...previous].map((one) => Redacted.value(one))
  return secrets.every((one) => typeof one === "string" && Buffer.byteLength(one) >= leastSecret)
    ? Effect.sync(() => make(secrets))
    : Effect.fail(
      new ConfigurationError({
        problem: `A secret for cursors has less than ${leastSecret} bytes`,
        hint: "make one with: openssl rand -base64 32"
      })
    )
}

/**
 * Cursors under a secret. A secret of less than 16 bytes is a ConfigurationError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Cursors, ConfigurationError> =>
  Layer.effect(Cursors, checked(options))

/**
 * Cursors under a secret of the configuration: `Cursors.layerConfig(Config.redacted("CURSOR_SECRET"))`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  config: Config.Config<Redacted.Redacted> | Config.Config.Wrap<Options>
): Layer.Layer<Cursors, ConfigurationError | ConfigError> =>
  Layer.effect(
    Cursors,
    Effect.flatMap(
      Config.unwrap(config as Config.Config.Wrap<Options | Redacted.Redacted>),
      (given) => checked(Redacted.isRedacted(given) ? { secret: given } : given as Options)
    )
  )

/**
 * Cursors under a secret of this process alone, which ends with it: for tests, and for programs of one process.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerRandom: Layer.Layer<Cursors> = Layer.sync(Cursors, () => make([randomBytes(32)]))
