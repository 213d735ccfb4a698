/**
 * Durations by their order of magnitude: as many numbers as there are magnitudes between the least and the greatest, whatever is counted.
 */

/** Buckets for a doubling: the middle of one is at most 4.5 % from whatever is in it. */
const perOctave = 8

const bucketOf = (value: number): number => value <= 1 ? 0 : (Math.log2(value) * perOctave) | 0

const middleOf = (bucket: number): number => 2 ** ((bucket + 0.5) / perOctave)

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

  /** What a part of them, as 0.99, does not exceed; within 4.5 %, and never outside of what there was. 0 of nothing. */
  quantile(part: number): number {
    if (this.count === 0) return 0
    const rank = Math.max(1, Math.ceil(part * this.count))
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
