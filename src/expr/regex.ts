/**
 * The regular expressions that mean the same on every database, and their one spelling that every one of them reads.
 *
 * The engines differ in what a dot, a `$`, `\w` and a lazy quantifier are, in which of several matches they take and in how long they look for one. So a
 * pattern is taken apart, what would differ is refused, and the rest is written anew of what is common to all.
 */

/** Characters from one code point to another, in order and apart. */
type Ranges = ReadonlyArray<readonly [from: number, to: number]>

/** Thrown inside, with what is wrong. */
export class Refused {
  readonly _tag = "Refused"
  constructor(readonly message: string) {}
}

const refuse = (message: string): never => {
  throw new Refused(message)
}

const lastCharacter = 0x10ffff

const sorted = (ranges: Ranges): Ranges => {
  const found: Array<[number, number]> = []
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = found[found.length - 1]
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else found.push([from, to])
  }
  return found
}

const complement = (ranges: Ranges): Ranges => {
  const found: Array<readonly [number, number]> = []
  let next = 0
  for (const [from, to] of ranges) {
    if (from > next) found.push([next, from - 1])
    next = to + 1
  }
  if (next <= lastCharacter) found.push([next, lastCharacter])
  return found
}

const overlap = (a: Ranges, b: Ranges): boolean =>
  a.some(([from, to]) => b.some(([first, last]) => from <= last && first <= to))

const between = (from: string, to: string) => [from.codePointAt(0)!, to.codePointAt(0)!] as const

const digits: Ranges = [between("0", "9")]
const ofWords: Ranges = sorted([...digits, between("A", "Z"), between("_", "_"), between("a", "z")])
const spaces: Ranges = sorted([between("\t", "\r"), between(" ", " ")])
const newline: Ranges = [between("\n", "\n")]

const classes: { readonly [letter: string]: Ranges } = { d: digits, w: ofWords, s: spaces }
const controls: { readonly [letter: string]: string } = { n: "\n", r: "\r", t: "\t" }

/** What has a meaning of its own, and is a plain character behind a `\`. */
const special = /[\\^$.|?*+()[\]{}/-]/

const spelled = (character: number, isInSet: boolean): string => {
  const text = String.fromCodePoint(character)
  return special.test(text) && (isInSet || text !== "-") && text !== "/" ? `\\${text}` : text
}

const spelledSet = (ranges: Ranges, isNegated: boolean): string =>
  `[${isNegated ? "^" : ""}${
    ranges.map(([from, to]) => from === to ? spelled(from, true) : `${spelled(from, true)}-${spelled(to, true)}`).join(
      ""
    )
  }]`

/** A part of a pattern: its text, and how matches of it begin, go on and end, by the numbers of its characters. */
interface Part {
  readonly text: string
  readonly isNullable: boolean
  readonly first: ReadonlyArray<number>
  readonly last: ReadonlyArray<number>
}

const empty: Part = { text: "", isNullable: true, first: [], last: [] }

/** Ways for all of them together must be few enough to look at each pair. */
const longestPattern = 300
const mostRepeats = 255

const start = -1

/** What a pattern became. */
export interface Portable {
  readonly pattern: string
  readonly groups: number
}

class Reader {
  private readonly characters: ReadonlyArray<string>
  private at = 0
  groups = 0
  private sets: Array<Ranges> = []
  /** Whether a character stands in no choice and no repeated group. */
  private plain: Array<boolean> = []
  private depth = 0
  private choices = 0
  private next = new Map<number, Array<number>>()

  constructor(pattern: string, private readonly ignoresCase: boolean) {
    this.characters = Array.from(pattern)
    if (this.characters.length > longestPattern) refuse(`has more than ${longestPattern} characters`)
  }

  read(): Part {
    const all = this.alternatives()
    if (this.at < this.characters.length) refuse("has a ) that closes nothing")
    this.join([start], all.first)
    return all
  }

  /** Refuses what has several ways to match: engines take different ones of them. */
  refuseChoices(): void {
    this.refuseAmbiguous(start, this.sets.length, (a, b) => this.plain[a]! && this.plain[b]!, () =>
      refuse(
        "has alternatives that begin alike, or a group that may be left out and begins like what follows it: of such matches databases take different ones"
      ))
  }

  private get peek(): string | undefined {
    return this.characters[this.at]
  }

  private join(from: ReadonlyArray<number>, to: ReadonlyArray<number>): void {
    for (const one of from) {
      const found = this.next.get(one)
      if (found === undefined) this.next.set(one, [...to])
      else found.push(...to)
    }
  }

  private refuseAmbiguous(
    from: number,
    to: number,
    isAllowed: (a: number, b: number) => boolean,
    otherwise: () => never
  ): void {
    for (const [before, all] of this.next) {
      if (before < from || before >= to) continue
      const inside = all.filter((one) => one >= from && one < to)
      inside.forEach((a, i) => {
        for (let j = 0; j < i; j++) {
          const b = inside[j]!
          if (overlap(this.widened(a), this.widened(b)) && !isAllowed(a, b)) otherwise()
        }
      })
    }
  }

  /** With the other case of letters: of those beyond ASCII any may be the other case of any. */
  private widened(position: number): Ranges {
    const ranges = this.sets[position]!
    if (!this.ignoresCase) return ranges
    const shifted = (first: number, last: number, by: number): Ranges =>
      ranges.flatMap(([from, to]) =>
        from <= last && to >= first ? [[Math.max(from, first) + by, Math.min(to, last) + by] as const] : []
      )
    return sorted([
      ...ranges,
      ...shifted(65, 90, 32),
      ...shifted(97, 122, -32),
      ...(ranges.some(([, to]) => to > 127)
        ? [[75, 75], [83, 83], [107, 107], [115, 115], [128, lastCharacter]] as const
        : [])
    ])
  }

  private alternatives(): Part {
    const found = [this.sequence()]
    while (this.peek === "|") {
      this.at++
      found.push(this.sequence())
    }
    if (found.length === 1) return found[0]!
    this.choices++
    if (found.some(({ text }) => text === "")) refuse("has an alternative of nothing")
    const positions = found.flatMap(({ first }) => first)
    for (let i = Math.min(...positions); i < this.sets.length; i++) this.plain[i] = false
    return {
      text: found.map(({ text }) => text).join("|"),
      isNullable: found.some(({ isNullable }) => isNullable),
      first: positions,
      last: found.flatMap(({ last }) => last)
    }
  }

  private sequence(): Part {
    let all = empty
    while (this.peek !== undefined && this.peek !== "|" && this.peek !== ")") {
      const one = this.repeated()
      this.join(all.last, one.first)
      all = {
        text: all.text + one.text,
        isNullable: all.isNullable && one.isNullable,
        first: all.isNullable ? [...all.first, ...one.first] : all.first,
        last: one.isNullable ? [...all.last, ...one.last] : one.last
      }
    }
    return all
  }

  private repeated(): Part {
    const from = this.sets.length
    const { choices } = this
    const isGroup = this.peek === "("
    const isAnchor = this.peek === "^" || this.peek === "$"
    const part = this.atom()
    const times = this.times()
    if (times === undefined) return part
    if (isAnchor) refuse("repeats a ^ or a $")
    const [text, least, most] = times
    const isLoop = most === undefined || most > 1
    if (least !== most) {
      if (isLoop) this.join(part.last, part.first)
      if (isGroup) { for (let i = from; i < this.sets.length; i++) this.plain[i] = false }
    }
    if (isGroup && isLoop && (this.choices > choices || part.isNullable)) {
      if (part.isNullable) refuse("repeats a group that may match nothing")
      if (least === most) this.join(part.last, part.first)
      this.refuseAmbiguous(
        from,
        this.sets.length,
        () => false,
        () =>
          refuse(
            "repeats a group that can match the same text in several ways, for which a database may look for years"
          )
      )
    }
    if (least !== most) this.choices++
    return { ...part, text: part.text + text, isNullable: part.isNullable || least === 0 }
  }

  private times(): readonly [text: string, least: number, most: number | undefined] | undefined {
    const sign = this.peek
    let found: readonly [string, number, number | undefined]
    if (sign === "*" || sign === "+" || sign === "?") {
      this.at++
      found = sign === "*" ? ["*", 0, undefined] : sign === "+" ? ["+", 1, undefined] : ["?", 0, 1]
    } else if (sign === "{") {
      const match = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.characters.slice(this.at, this.at + 9).join(""))
      if (match === null) return refuse("has a { that begins no number of times: write \\{ for the character itself")
      const least = Number(match[1])
      const most = match[2] === undefined ? least : match[3] === undefined ? undefined : Number(match[3])
      if (least > mostRepeats || (most !== undefined && (most > mostRepeats || most < least || most === 0))) {
        refuse(`repeats other than 1 to ${mostRepeats} times`)
      }
      this.at += match[0].length
      found = [match[0], least, most]
    } else return undefined
    if (this.peek !== undefined && "*+?{".includes(this.peek)) {
      refuse("has a quantifier after a quantifier: lazy and possessive ones are not the same on every database")
    }
    return found
  }

  private atom(): Part {
    const character = this.characters[this.at++]!
    switch (character) {
      case "(":
        return this.group()
      case "[":
        return this.set()
      case ".":
        return this.one(complement(newline), spelledSet(newline, true))
      case "^":
        return { ...empty, text: "^" }
      // Elsewhere a `$` is true before the last line's end too.
      case "$":
        return { ...empty, text: "(?![^\n]|\n)" }
      case "\\": {
        const escaped = this.escaped()
        return typeof escaped === "string"
          ? this.literal(escaped)
          : this.one(
            escaped.isNegated ? complement(escaped.ranges) : escaped.ranges,
            spelledSet(escaped.ranges, escaped.isNegated)
          )
      }
      case "*":
      case "+":
      case "?":
      case "{":
      case "}":
      case "]":
        return refuse(`has a ${character} where it means nothing: write \\${character} for the character itself`)
      default:
        return this.literal(character)
    }
  }

  private literal(character: string): Part {
    const code = character.codePointAt(0)!
    return this.one([[code, code]], spelled(code, false))
  }

  private one(ranges: Ranges, text: string): Part {
    const position = this.sets.push(ranges) - 1
    this.plain.push(true)
    return { text, isNullable: false, first: [position], last: [position] }
  }

  private group(): Part {
    const isCapturing = this.peek !== "?"
    if (isCapturing) this.groups++
    else if (this.characters[this.at + 1] === ":") this.at += 2
    else refuse("has a group that is neither ( ) nor (?: )")
    if (this.groups > 9) refuse("has more than 9 groups: write (?: ) for those that the replacement does not name")
    if (++this.depth > 50) refuse("nests too deep")
    const inner = this.alternatives()
    this.depth--
    if (this.characters[this.at++] !== ")") refuse("has a ( that is not closed")
    if (inner.text === "") refuse("has a group of nothing")
    return { ...inner, text: `${isCapturing ? "(" : "(?:"}${inner.text})` }
  }

  /** What follows a `\`: a character or a class of them. */
  private escaped(): string | { readonly ranges: Ranges; readonly isNegated: boolean } {
    const character = this.characters[this.at++]
    if (character === undefined) return refuse("ends in a \\ that escapes nothing")
    const ranges = classes[character.toLowerCase()]
    if (ranges !== undefined) return { ranges, isNegated: character !== character.toLowerCase() }
    const control = controls[character]
    if (control !== undefined) return control
    return /[!-/:-@[-`{-~ ]/.test(character)
      ? character
      : refuse(`has a \\${character}, which is not the same on every database`)
  }

  private set(): Part {
    const isNegated = this.peek === "^"
    if (isNegated) this.at++
    const found: Array<readonly [number, number]> = []
    for (;;) {
      const from = this.member()
      if (from === undefined) break
      if (typeof from !== "number") {
        found.push(...from)
        continue
      }
      const isRange = this.peek === "-" && this.characters[this.at + 1] !== "]"
      if (isRange) this.at++
      const to = isRange ? this.member() : from
      if (typeof to !== "number" || to < from) return refuse("has a range in [ ] that is none")
      found.push([from, to])
    }
    if (found.length === 0) refuse("has a [ ] of nothing")
    const ranges = sorted(found)
    const all = isNegated ? complement(ranges) : ranges
    if (all.length === 0) refuse("has a [ ] of nothing")
    return this.one(all, spelledSet(ranges, isNegated))
  }

  private member(): number | Ranges | undefined {
    const character = this.characters[this.at++]
    switch (character) {
      case undefined:
        return refuse("has a [ that is not closed")
      case "]":
        return undefined
      case "[":
        return refuse("has a [ inside of [ ]: write \\[ for the character itself")
      case "\\": {
        const escaped = this.escaped()
        if (typeof escaped === "string") return escaped.codePointAt(0)!
        return escaped.isNegated ? complement(escaped.ranges) : escaped.ranges
      }
      default:
        return character.codePointAt(0)!
    }
  }
}

/** The portable form of a pattern; throws `Refused`. With `replaces` it must match in one way only, and not nothing. */
export const portable = (pattern: string, ignoresCase: boolean, replaces: boolean): Portable => {
  const reader = new Reader(pattern, ignoresCase)
  const { isNullable, text } = reader.read()
  if (replaces) {
    if (isNullable) refuse("may match nothing, of which databases replace different ones")
    reader.refuseChoices()
  }
  return { pattern: text, groups: reader.groups }
}
