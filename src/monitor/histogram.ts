/**
 * Durations by their order of magnitude: as many numbers as there are magnitudes between the least and the greatest, whatever is counted.
 */

/** A doubling has so many buckets, each as wide as the others: the middle of one is at most 3.2 % from whatever is in it. */
const bitsOfOctave = 4

/** Whole numbers below this are shifted as they are; longer times are counted in parts of so many bits less. */
const longest = 2 ** 31
const bitsOfPart = 20

/** The buckets that HdrHistogram has: the leading bits of a number, and how many bits follow them. */
const bucketOf = (value: number): number => {
  if (value >= longest) return bucketOf(Math.min(value / 2 ** bitsOfPart, longest - 1)) + (bitsOfPart << bitsOfOctave)
  const shift = Math.max(0, 31 - bitsOfOctave - Math.clz32(value))
  return (shift << bitsOfOctave) + (value >>> shift)
}

const middleOf = (bucket: number): number => {
  const shift = Math.max(0, (bucket >> bitsOfOctave) - 1)
  const leading = bucket - (shift << bitsOfOctave)
  return (leading + (shift === 0 ? 0 : 0.5)) * 2 ** shift
}

/** How nanoseconds are spread. */
export class Histogram {
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = 0
  /** The bucket of the first number. */
  private first = 0
  private readonly numbers: Array<number> = []

  record(value: number): void {
    // A clock that was set back gives times that never were.
    const time = value > 0 ? value : 0
    this.count++
    this.sum += time
    if (time < this.min) this.min = time
    if (time > this.max) this.max = time
    this.add(bucketOf(time), 1)
  }

  /** What a part of them, as 0.99, does not exceed; within 3.2 %, and never outside of what there was. 0 of nothing. */
  quantile(part: number): number {
    if (this.count === 0) return 0
    const rank = Math.max(1, Math.ceil(part * this.count))
    if (rank >= this.count) return this.max
    let seen = 0
    for (let i = 0; i < this.numbers.length; i++) {
      seen += this.numbers[i]!
      if (seen >= rank) return Math.min(this.max, Math.max(this.min, middleOf(this.first + i)))
    }
    return this.max
  }

  /** Takes over what another has counted. */
  merge(other: Histogram): void {
    if (other.count === 0) return
    this.count += other.count
    this.sum += other.sum
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    for (let i = 0; i < other.numbers.length; i++) {
      const count = other.numbers[i]!
      if (count > 0) this.add(other.first + i, count)
    }
  }

  /** The numbers from the least bucket to the greatest, in so many columns at the most. */
  columns(most: number): ReadonlyArray<number> {
    const width = Math.max(1, Math.ceil(this.numbers.length / most))
    const columns: Array<number> = []
    this.numbers.forEach((count, i) => {
      const at = Math.floor(i / width)
      columns[at] = (columns[at] ?? 0) + count
    })
    return columns
  }

  private add(bucket: number, count: number): void {
    const { numbers } = this
    if (numbers.length === 0) this.first = bucket
    while (bucket < this.first) {
      numbers.unshift(0)
      this.first--
    }
    const at = bucket - this.first
    while (numbers.length <= at) numbers.push(0)
    numbers[at]! += count
  }
}
