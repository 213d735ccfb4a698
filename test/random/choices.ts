/**
 * Random choices that can be made again, and again with fewer of them: what a case is made of, so that a case can be made smaller by making its
 * choices smaller.
 */

/** Numbers from 0 to below 1, from a seed. */
export const randomOf = (seed: number): () => number => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What a generator asks. Of everything the first is the simplest, which is why 0 stands for all that is not said. */
export class Choices {
  readonly made: Array<number> = []

  constructor(private readonly next: (at: number) => number) {}

  static random(seed: number): Choices {
    const random = randomOf(seed)
    return new Choices(() => Math.floor(random() * 4_294_967_296))
  }

  static again(made: ReadonlyArray<number>): Choices {
    return new Choices((at) => made[at] ?? 0)
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    const chosen = this.next(this.made.length) % count
    this.made.push(chosen)
    return chosen
  }

  /** True in one of so many cases. */
  oneIn(count: number): boolean {
    return this.below(count) === count - 1
  }

  of<A>(from: ReadonlyArray<A>): A {
    return from[this.below(from.length)] as A
  }

  /** From `least` to `most` of what is made. */
  some<A>(least: number, most: number, make: (at: number) => A): ReadonlyArray<A> {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, at) => make(at))
  }
}

/** The choices of a case that still fails, made smaller as long as that is found to be so. */
export const smaller = async (
  made: ReadonlyArray<number>,
  fails: (made: ReadonlyArray<number>) => Promise<boolean>,
  most: number
): Promise<ReadonlyArray<number>> => {
  let best = made
  let tried = 0
  const attempt = async (candidate: ReadonlyArray<number>): Promise<boolean> => {
    if (tried++ >= most || !await fails(candidate)) return false
    best = candidate
    return true
  }
  for (let before = -1; before !== best.length && tried < most;) {
    before = best.length
    for (let length = best.length >> 1; length > 0; length >>= 1) {
      for (let at = best.length - length; at >= 0; at -= length) {
        await attempt([...best.slice(0, at), ...best.slice(at + length)])
      }
    }
    for (let at = 0; at < best.length; at++) {
      const value = best[at] as number
      if (value === 0 || await attempt(best.with(at, 0))) continue
      if (value > 1) await attempt(best.with(at, value >> 1))
    }
  }
  return best
}
