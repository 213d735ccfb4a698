#!/usr/bin/env node
// npm leaves optional packages for other platforms out of package-lock.json where it could not see them when it wrote
// the lock, and `npm ci` then refuses that lock ("Missing: ... from lock file"). This adds them: name, version, and the
// platform that the name tells. Run it after a change of dependencies: node .ci/complete-lock.mjs
import { readFileSync, writeFileSync } from "node:fs"

const file = new URL("../package-lock.json", import.meta.url)
const lock = JSON.parse(readFileSync(file, "utf8"))
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"]
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"]

const platform = (name) => {
  const words = name.split(/[/-]/)
  const of = (known) => known.filter((word) => words.includes(word))
  const os = of(systems)
  const cpu = of(processors)
  if (os.length !== 1 || cpu.length !== 1) return undefined
  const libc = words.includes("musl")
    ? ["musl"]
    : words.some((word) => /^(glibc|gnu)$/.test(word))
    ? ["glibc"]
    : undefined
  return { os, cpu, libc: os[0] === "linux" ? libc : undefined }
}

let added = 0
for (const [path, owner] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`
    const top = `node_modules/${name}`
    if (lock.packages[nested] !== undefined || lock.packages[top] !== undefined) continue
    const where = platform(name)
    if (where === undefined || !/^\d/.test(version)) {
      console.error(`not added: ${name} ${version}, needed by ${path}`)
      process.exitCode = 1
      continue
    }
    const { cpu, libc, os } = where
    const dev = owner.dev ? { dev: true } : {}
    lock.packages[top] = { version, cpu, ...dev, ...(libc ? { libc } : {}), optional: true, os }
    added++
  }
}
const [root, ...rest] = Object.entries(lock.packages)
rest.sort(([a], [b]) => a.localeCompare(b, "en"))
lock.packages = Object.fromEntries([root, ...rest])
if (added > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} added`)
