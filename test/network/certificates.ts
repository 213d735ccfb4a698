/**
 * An authority and certificates that it signed, for one test run.
 */
import { execFileSync } from "node:child_process"
import { chmodSync, chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Whether there is the program that makes them. */
export const canMake = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})()

export type Kind = "good" | "named" | "expired" | "selfSigned"

export interface Certificates {
  readonly directory: string
  readonly path: (name: string) => string
  readonly text: (name: string) => string
  /** Puts a certificate where the server looks for its own: `server.crt` and `server.key`. */
  readonly show: (kind: Kind) => void
  readonly remove: () => void
}

/** The passphrase of `client-encrypted.key`. */
export const passphrase = "hunter2-passphrase"

const number = (flag: string, user: string): number | undefined => {
  try {
    return Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }))
  } catch {
    return undefined
  }
}

/** Certificates for a server that `user` runs; `client` is a certificate for the user of the database called `certified`. */
export const make = (user: string): Certificates => {
  const directory = mkdtempSync(join(tmpdir(), "strata-tls-"))
  const path = (name: string): string => join(directory, name)
  const openssl = (...args: ReadonlyArray<string>): void => {
    execFileSync("openssl", args, { cwd: directory, stdio: "ignore" })
  }
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  const request = (name: string, subject: string): void =>
    openssl("req", ...curve, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${subject}`)
  const sign = (name: string, days: string, names?: string): void => {
    writeFileSync(path(`${name}.ext`), names === undefined ? "" : `subjectAltName = ${names}\n`)
    const authority = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"]
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      ...authority,
      "-days",
      days,
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.crt`
    )
  }
  openssl("req", "-x509", ...curve, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=Strata tests")
  const own = "DNS:db.strata.test, IP:127.0.0.1"
  for (
    const [name, days, names] of [["good", "2", own], ["named", "2", "DNS:localhost"], ["expired", "-1", own]] as const
  ) {
    request(name, "db.strata.test")
    sign(name, days, names)
  }
  openssl(
    "req",
    "-x509",
    ...curve,
    "-keyout",
    "selfSigned.key",
    "-out",
    "selfSigned.crt",
    "-days",
    "2",
    "-subj",
    "/CN=127.0.0.1",
    "-addext",
    "subjectAltName = IP:127.0.0.1"
  )
  request("client", "certified")
  sign("client", "2")
  openssl("pkcs8", "-topk8", "-in", "client.key", "-out", "client-encrypted.key", "-passout", `pass:${passphrase}`)

  const isRoot = process.getuid?.() === 0
  const uid = isRoot ? number("-u", user) ?? number("-u", "nobody") : undefined
  const gid = isRoot ? number("-g", user) ?? number("-g", "nobody") : undefined
  chmodSync(directory, 0o755)
  chmodSync(path("ca.crt"), 0o644)
  return {
    directory,
    path,
    text: (name) => readFileSync(path(name), "utf8"),
    show: (kind) => {
      for (const end of ["crt", "key"]) {
        const file = path(`server.${end}`)
        rmSync(file, { force: true })
        copyFileSync(path(`${kind}.${end}`), file)
        chmodSync(file, end === "key" ? 0o600 : 0o644)
        // The server takes its own files only.
        if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid)
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true })
  }
}
