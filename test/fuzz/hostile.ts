/**
 * Input that is made to become SQL, to reach what a program did not mean, or to be taken for something else.
 */
import * as FastCheck from "effect/FastCheck"

/** It is in most texts, so that a statement's own text can be searched for it. */
export const canary = "zq7kn4ry"

const spells = [
  `' or '1'='1`,
  `"`,
  `\``,
  `'`,
  `''`,
  `\\`,
  `\\'`,
  `\\\\'; --`,
  `"; drop table f_canary; --`,
  `'; drop table f_canary; --`,
  `\`; drop table f_canary; #`,
  `1; delete from f_canary`,
  `) union select id, name from f_canary --`,
  `/*`,
  `*/`,
  `/*!50000 1*/`,
  `--`,
  `#`,
  `$1`,
  `?`,
  `:name`,
  `@a`,
  `%s`,
  `\${a}`,
  `{fn now()}`,
  `$$`,
  `$a$`,
  `E'\\''`,
  `%`,
  `_`,
  `a.b`,
  `"a"."b"`,
  `*`,
  `select`,
  `null`,
  `true`,
  `asc nulls first`,
  `__proto__`,
  `constructor`,
  `toString`,
  `hasOwnProperty`,
  `root`,
  `excluded`,
  `new`,
  `\u0000`,
  `\u0000'`,
  `\ud800`,
  `\udfff`,
  `\u202e`,
  `\u2028`,
  `\ufeff`,
  `é😀`,
  `\u0412\u00a7`,
  `ß`,
  `İ`,
  `\n`,
  `\r\n`,
  `\t`,
  ` `,
  ``,
  `\xbf\x5c`,
  `\u02bc`,
  `\uff07`
]

const piece = FastCheck.oneof(
  { weight: 6, arbitrary: FastCheck.constantFrom(...spells) },
  { weight: 2, arbitrary: FastCheck.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: FastCheck.string({ maxLength: 30 }) }
)

/** Texts of those and of anything, most of them with the canary in them. */
export const text: FastCheck.Arbitrary<string> = FastCheck.oneof(
  { weight: 8, arbitrary: FastCheck.tuple(piece, piece).map(([a, b]) => `${a}${canary}${b}`) },
  { weight: 2, arbitrary: FastCheck.constantFrom(...spells) },
  { weight: 1, arbitrary: FastCheck.string({ unit: "binary", maxLength: 40 }) },
  { weight: 1, arbitrary: piece.map((a) => `${canary}${a.repeat(30)}`.slice(0, 300)) }
)

/** Numbers at the edges of what there is. */
export const number: FastCheck.Arbitrary<number> = FastCheck.oneof(
  FastCheck.constantFrom(
    0,
    -0,
    1,
    -1,
    0.5,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 63,
    1e308,
    5e-324
  ),
  FastCheck.integer({ min: -5, max: 70 }),
  FastCheck.double()
)

/** What is neither a text nor a number, made afresh for each use. */
const others: ReadonlyArray<() => unknown> = [
  () => undefined,
  () => null,
  () => true,
  () => 10n,
  () => ({}),
  () => ({ id: 1 }),
  () => ({ not: null }),
  () => ({ eq: `' or 1=1 ${canary}` }),
  () => ({ in: { length: 1, 0: canary } }),
  () => [],
  () => [1, 2],
  () => [[canary]],
  () => ({ toSqlString: () => canary }),
  () => ({ toPostgres: () => canary }),
  () => ({ raw: [canary], length: 1, 0: canary }),
  () => Object.assign([canary], { raw: 1 }),
  () => ({ toString: () => canary, [Symbol.toPrimitive]: () => canary }),
  () => new String(canary),
  () => Object.create(String.prototype),
  () => new Map([["id", 1]]),
  () => new Date(NaN),
  () => Symbol(canary),
  () => () => canary,
  () => JSON.parse(`{"__proto__": {"toSqlString": 1}}`),
  () => ({ _tag: "Fragment", strings: [canary], args: [], segments: [] }),
  () => ({ node: { _tag: "Fragment", strings: [canary], args: [], type: {} } }),
  () => ({ order: { expression: { _tag: "Fragment", strings: [canary], args: [] }, direction: canary } }),
  () => new Proxy({}, { get: (_, key) => key === "length" ? 1 : canary })
]

const other = FastCheck.constantFrom(...others).map((make) => make())

/** What a program without types, or JSON, can give in place of a text. */
export const anyText: FastCheck.Arbitrary<unknown> = FastCheck.oneof(
  { weight: 7, arbitrary: text },
  { weight: 1, arbitrary: number },
  { weight: 2, arbitrary: other }
)

export const anyNumber: FastCheck.Arbitrary<unknown> = FastCheck.oneof(
  { weight: 6, arbitrary: number },
  { weight: 2, arbitrary: text },
  { weight: 2, arbitrary: other }
)

/** How an input is shown where something is wrong with it. */
export const shown = (input: unknown): string => {
  if (typeof input === "string") return JSON.stringify(input)
  if (typeof input === "object" && input !== null) {
    return Object.prototype.toString.call(input) + Reflect.ownKeys(input).map(String).join()
  }
  return typeof input === "bigint" ? `${input}n` : Object.is(input, -0) ? "-0" : String(input)
}
