/**
 * Encryption of the connections to a server: one vocabulary, that of PostgreSQL's libpq, for every database, its URLs and its environment.
 */
import * as Redacted from "effect/Redacted"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { BlockList, isIP } from "node:net"
import { checkServerIdentity, createSecureContext } from "node:tls"
import type { ConnectionOptions, PeerCertificate, SecureContextOptions } from "node:tls"
import { Problem } from "./problem.js"

/**
 * How a connection is encrypted: not at all (`disable`), with whoever answers (`require`), with a server whose certificate a trusted
 * authority signed (`verify-ca`), with one whose certificate also names the host (`verify-full`).
 *
 * @since 0.1.0
 * @category models
 */
export type TlsMode = "disable" | "require" | "verify-ca" | "verify-full"

/**
 * What can be said of encryption beyond its mode. Certificates and keys are texts in PEM form.
 *
 * @since 0.1.0
 * @category models
 */
export interface TlsOptions {
  /** Default `verify-full`. */
  readonly mode?: TlsMode | undefined
  /** The authorities that are trusted, in place of those that Node.js knows. With it, `require` means `verify-ca`. */
  readonly ca?: string | undefined
  /** The client's own certificate, for a server that asks for one. */
  readonly cert?: string | undefined
  readonly key?: Redacted.Redacted | undefined
  /** What the key is encrypted with. */
  readonly passphrase?: Redacted.Redacted | undefined
  /** The name that the server is asked for and that its certificate must hold, where it is not the host. */
  readonly serverName?: string | undefined
  /** Default `TLSv1.2`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined
}

/** Encryption that was decided on. */
export interface Target extends Omit<TlsOptions, "mode" | "serverName"> {
  readonly mode: Exclude<TlsMode, "disable">
  readonly serverName: string
}

type Field = "mode" | "ca" | "cert" | "key" | "passphrase" | "minVersion"

/** What a URL or the environment says, and where: `the sslmode of the PostgreSQL URL`. Of certificates and keys it names the files. */
export type Given = { readonly [F in Field]?: { readonly where: string; readonly text: string } }

const parameters: { readonly [parameter: string]: Field } = {
  sslmode: "mode",
  "ssl-mode": "mode",
  sslrootcert: "ca",
  "ssl-ca": "ca",
  sslcert: "cert",
  "ssl-cert": "cert",
  sslkey: "key",
  "ssl-key": "key",
  sslpassword: "passphrase",
  "ssl-min-protocol-version": "minVersion"
}

/** Names are the same in upper and in lower case, with `_` and with `-`. */
export const canonical = (name: string): string => name.toLowerCase().replaceAll("_", "-")

/** What a parameter of a URL is about; undefined where that is not encryption. */
export const fieldOf = (parameter: string): Field | undefined => {
  const name = canonical(parameter)
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined
}

const words: { readonly [word: string]: TlsMode } = {
  disable: "disable",
  disabled: "disable",
  require: "require",
  required: "require",
  "no-verify": "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
  "verify-identity": "verify-full"
}

const modeOf = (word: unknown, where: string): TlsMode => {
  const name = typeof word === "string" ? canonical(word) : ""
  const mode = Object.hasOwn(words, name) ? words[name] : undefined
  if (mode !== undefined) return mode
  throw /^(allow|prefer|preferred)$/.test(name)
    ? new Problem(
      `${where} is "${name}", which falls back to plain text where encryption fails`,
      "use verify-full; or disable, to ask for plain text"
    )
    : new Problem(`${where} is not one that is understood`, "use disable, require, verify-ca or verify-full")
}

const versionOf = (word: unknown, where: string): TlsOptions["minVersion"] => {
  const version = (["TLSv1.2", "TLSv1.3"] as const).find((one) =>
    typeof word === "string" && one.toLowerCase() === word.toLowerCase()
  )
  if (version === undefined) throw new Problem(`${where} is not one that is understood`, "use TLSv1.2 or TLSv1.3")
  return version
}

const names: { readonly [name in keyof Required<TlsOptions>]: true } = {
  mode: true,
  ca: true,
  cert: true,
  key: true,
  passphrase: true,
  serverName: true,
  minVersion: true
}

const ofOption = (option: TlsMode | TlsOptions, server: string): TlsOptions => {
  const where = `the option tls for ${server}`
  if (typeof option === "string") return { mode: modeOf(option, where) }
  if (typeof option !== "object" || option === null) {
    throw new Problem(`${where} is neither a mode nor options`, "use disable, require, verify-ca or verify-full")
  }
  // What is not among them would be ignored, and may be what the connection's safety hangs on.
  const unknown = Object.keys(option).find((name) => !Object.hasOwn(names, name))
  if (unknown !== undefined) {
    throw new Problem(`there is no tls.${unknown} for ${server}`, `there are ${Object.keys(names).join(", ")}`)
  }
  return {
    ...option,
    ...(option.mode === undefined ? {} : { mode: modeOf(option.mode, `the tls.mode for ${server}`) }),
    ...(option.minVersion === undefined
      ? {}
      : { minVersion: versionOf(option.minVersion, `the tls.minVersion for ${server}`) })
  }
}

const contents = (file: Given[Field]): string | undefined => {
  if (file === undefined) return undefined
  try {
    return readFileSync(file.text, "utf8")
  } catch {
    throw new Problem(`the file ${file.text}, which is ${file.where}, cannot be read`)
  }
}

const secret = (text: string | undefined): Redacted.Redacted | undefined =>
  text === undefined ? undefined : Redacted.make(text)

const ofTexts = ({ ca, cert, key, minVersion, passphrase }: Given): TlsOptions => ({
  // libpq's word for the authorities that are trusted anyway.
  ca: ca?.text === "system" ? undefined : contents(ca),
  cert: contents(cert),
  key: secret(contents(key)),
  passphrase: secret(passphrase?.text),
  minVersion: minVersion === undefined ? undefined : versionOf(minVersion.text, minVersion.where)
})

const loopback = new BlockList()
loopback.addSubnet("127.0.0.0", 8, "ipv4")
loopback.addAddress("::1", "ipv6")

/** Whether a host is this machine under a name or an address that is reserved for it, so that nobody is in between. */
export const isLoopback = (host: string): boolean => {
  if (host.startsWith("/")) return true
  const plain = host.replace(/%.*$/, "")
  const kind = isIP(plain)
  return kind === 0
    ? /^(?:.*\.)?localhost\.?$/i.test(host)
    : loopback.check(plain, kind === 4 ? "ipv4" : "ipv6")
}

const certificate = (text: string, what: string, server: string): void => {
  try {
    new X509Certificate(text)
  } catch {
    throw new Problem(
      `the ${what} for ${server} holds no certificate in PEM form`,
      "give the text of the file, from -----BEGIN CERTIFICATE----- on, not its name"
    )
  }
}

const value = (secret: Redacted.Redacted | undefined): string | undefined =>
  secret === undefined ? undefined : Redacted.value(secret)

/** Fails now, and not at every connection, for what can never be used. */
const check = ({ ca, cert, key, passphrase }: TlsOptions, server: string): void => {
  if (ca !== undefined) certificate(ca, "tls.ca", server)
  if (cert !== undefined) certificate(cert, "tls.cert", server)
  if ((cert === undefined) !== (key === undefined)) {
    throw new Problem(`the tls.cert and the tls.key for ${server} need each other`, "give both, or neither")
  }
  if (cert === undefined || key === undefined) return
  let isOwn: boolean
  try {
    const secret = value(passphrase)
    isOwn = new X509Certificate(cert).checkPrivateKey(
      createPrivateKey({ key: Redacted.value(key), ...(secret === undefined ? {} : { passphrase: secret }) })
    )
  } catch {
    // The error can hold a piece of the key.
    throw new Problem(
      `the tls.key for ${server} cannot be read`,
      "give the text of a private key in PEM form; tls.passphrase is for one that is encrypted"
    )
  }
  if (!isOwn) throw new Problem(`the tls.key for ${server} is not the key of tls.cert`)
}

/** What there is to decide on. */
export interface Sources {
  /** In messages: `PostgreSQL`. */
  readonly server: string
  /** The host that connections will really be made to. */
  readonly host: string
  readonly option: TlsMode | TlsOptions | undefined
  readonly url: Given
  readonly environment: Given
}

/**
 * How connections are to be encrypted, undefined for plain text. The option stands alone; without it, what the URL leaves open comes from
 * the environment. Where nobody says so much as a word, the way to another machine is encrypted and the server has to prove who it is.
 */
export const resolve = ({ environment, host, option, server, url }: Sources): Target | undefined => {
  const said = option === undefined ? undefined : ofOption(option, server)
  const texts = { ...environment, ...url }
  const mode = said !== undefined
    ? said.mode ?? "verify-full"
    : texts.mode !== undefined
    ? modeOf(texts.mode.text, texts.mode.where)
    : Object.keys(url).length === 0 && isLoopback(host)
    ? "disable"
    : "verify-full"
  if (mode === "disable") return undefined
  const given = said ?? ofTexts(texts)
  check(given, server)
  return {
    ...given,
    // As libpq does: who names an authority wants the server to be signed by it.
    mode: mode === "require" && given.ca !== undefined ? "verify-ca" : mode,
    serverName: given.serverName ?? host
  }
}

/** The material, as Node.js takes it. */
export const material = ({ ca, cert, key, minVersion, passphrase }: Target): SecureContextOptions => {
  const secrets = { key: value(key), passphrase: value(passphrase) }
  const all: SecureContextOptions = { ca, cert, minVersion, ...secrets } as SecureContextOptions
  return Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined))
}

/** Why the server is not the one that was meant, if so. */
export const identityProblem = ({ mode, serverName }: Target, shown: PeerCertificate): Error | undefined =>
  mode === "verify-full" ? checkServerIdentity(serverName, shown) : undefined

/** As Node.js takes it; the key is inside the context alone, where nothing prints it. */
export const connectionOptions = (target: Target): ConnectionOptions => ({
  secureContext: createSecureContext(material(target)),
  rejectUnauthorized: target.mode !== "require",
  checkServerIdentity: (_, shown) => identityProblem(target, shown),
  // An address is no name to ask for (RFC 6066).
  ...(isIP(target.serverName) === 0 ? { servername: target.serverName } : {})
})

const noEncryption =
  "the server has no encryption: switch it on there; or ask for plain text: tls: \"disable\", or sslmode=disable in the URL"

const authority =
  "no authority that is trusted signed the server's certificate: give its authority's as tls.ca (sslrootcert or ssl-ca in the URL)"

const noAgreement =
  "the server and Node.js agree on no encryption: look at tls.minVersion, and at tls.cert if the server asks for a certificate"

const hints: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    "the server's certificate is not valid at this time: renew it, or set this clock"
  ],
  [
    /^(ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH)/,
    "the server's certificate is for another name: connect to one that it holds, or give that one as tls.serverName"
  ],
  [/^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/, authority],
  [/^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$)/, noAgreement],
  [/^HANDSHAKE_NO_SSL_SUPPORT$/, noEncryption]
]

interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: unknown
}

/** What to do about an error of encryption, from Node.js or a driver; undefined for an error of another kind. */
export const hintOf = (error: unknown): string | undefined => {
  if (typeof error !== "object" || error === null) return undefined
  const { cause, code, message } = error as Thrown
  // mysql2's word for all of them, and for a connection that was lost meanwhile.
  if (code === "HANDSHAKE_SSL_ERROR") return cause === undefined ? noAgreement : hintOf(cause)
  if (typeof code === "string") return hints.find(([codes]) => codes.test(code))?.[1]
  return message === "The server does not support SSL connections" ? noEncryption : undefined
}
