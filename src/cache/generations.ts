/**
 * What answers depend on, as counters that writes move on: an answer is of now as long as none of its counters has moved since it was asked for.
 */
/** One thing that answers depend on. */
export class Generation {
  /** Not a number once nobody counts it any more, so that it equals nothing. */
  value = 0
  /** How many are writing to it, and have not been told yet whether that is committed. */
  writers = 0

  /** `tag` is what processes call it among each other. */
  constructor(readonly tag: string) {}

  advance(): void {
    this.value++
  }
}

/** What there is of a table. */
export interface TableGenerations {
  /** Moved by each write: for what depends on its rows as a whole. */
  readonly any: Generation
  /** Moved by writes of which nobody knows the keys of their rows: for rows that are known by theirs. */
  readonly wide: Generation
  /** Moved by rows that come with keys which nobody knows: for rows that are not there. */
  readonly grown: Generation
  /** Moved where rows go or change what others refer to: for the rows that the database changes with them. */
  readonly moved: Generation
  readonly keys: Map<string, Generation>
}

/** By name alone: what differs in its schema or in capitals may be the same table. */
export const nameOf = ({ name }: { readonly name: string }): string => name.toLowerCase()

/** All generations of a cache; `tagOf` says what processes call one. */
export class Generations {
  /** Moved where nobody knows what was written. */
  readonly all: Generation
  private readonly tables = new Map<string, TableGenerations>()
  private readonly byTag = new Map<string, Generation>()
  private keyed = 0
  /** At so many keys the older ones are let go of. */
  private full: number

  constructor(private readonly mostKeys: number, private readonly tagOf: (name: string) => string) {
    this.all = this.make("*")
    this.full = mostKeys
  }

  table(name: string): TableGenerations {
    let found = this.tables.get(name)
    if (found === undefined) {
      found = {
        any: this.make(`${name}|any`),
        wide: this.make(`${name}|wide`),
        grown: this.make(`${name}|grown`),
        moved: this.make(`${name}|moved`),
        keys: new Map()
      }
      this.tables.set(name, found)
    }
    return found
  }

  /** Of keys that are asked for together none is let go of for another one. */
  keys(name: string, asked: ReadonlyArray<string>): ReadonlyArray<Generation> {
    const { keys } = this.table(name)
    if (this.keyed >= this.full && asked.some((key) => !keys.has(key))) this.retire()
    return asked.map((key) => {
      let found = keys.get(key)
      if (found === undefined) {
        found = this.make(`${name}|=${key}`)
        keys.set(key, found)
        this.keyed++
      }
      return found
    })
  }

  /** What another process calls so; undefined where nothing here depends on it. */
  tagged(tag: string): Generation | undefined {
    return this.byTag.get(tag)
  }

  /**
   * Lets go of the older half of the keys that nobody writes to: what depends on them is of now no more. Where that leaves many, it is not tried again
   * until there are a quarter more.
   */
  private retire(): void {
    let spare = this.keyed - Math.floor(this.mostKeys / 2)
    for (const { keys } of this.tables.values()) {
      for (const [key, generation] of keys) {
        if (spare <= 0) break
        if (generation.writers > 0) continue
        generation.value = Number.NaN
        keys.delete(key)
        this.byTag.delete(generation.tag)
        this.keyed--
        spare--
      }
    }
    this.full = Math.max(this.mostKeys, Math.ceil(1.25 * this.keyed))
  }

  private make(name: string): Generation {
    const generation = new Generation(this.tagOf(name))
    this.byTag.set(generation.tag, generation)
    return generation
  }
}

/** Where generations were when something was asked for. */
export const valuesOf = (generations: ReadonlyArray<Generation>): ReadonlyArray<number> =>
  generations.map(({ value }) => value)

/** Whether none has moved since. */
export const areAt = (generations: ReadonlyArray<Generation>, values: ReadonlyArray<number>): boolean => {
  for (let i = 0; i < generations.length; i++) if (generations[i]!.value !== values[i]) return false
  return true
}

/** Whether somebody is writing to one of them. */
export const areWritten = (generations: ReadonlyArray<Generation>): boolean => {
  for (const { writers } of generations) if (writers > 0) return true
  return false
}
