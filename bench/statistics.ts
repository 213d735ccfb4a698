/**
 * What is said of the rounds of a measurement.
 */

const sorted = (values: ReadonlyArray<number>): ReadonlyArray<number> => [...values].sort((a, b) => a - b)

/** NaN of nothing. */
export const median = (values: ReadonlyArray<number>): number => {
  const ordered = sorted(values)
  const half = Math.floor(ordered.length / 2)
  const upper = ordered[half] ?? NaN
  return ordered.length % 2 === 1 ? upper : ((ordered[half - 1] ?? NaN) + upper) / 2
}

/** The probability of at most so many heads in so many throws of a coin. */
const heads = (most: number, throws: number): number => {
  let term = 0.5 ** throws
  let sum = 0
  for (let i = 0; i <= most; i++) {
    sum += term
    term = term * (throws - i) / (i + 1)
  }
  return sum
}

/**
 * Where the median lies with 95 %, from the values' order alone: the narrowest pair of values, as many from the least as from the most, that
 * has it between them so often. Of fewer than six values no pair has: then it is all of them, and less sure.
 */
export const interval = (values: ReadonlyArray<number>): readonly [number, number] => {
  const ordered = sorted(values)
  let cut = 0
  while (2 * (cut + 1) < ordered.length && 2 * heads(cut, ordered.length) <= 0.05) cut++
  const outer = heads(0, ordered.length) * 2 <= 0.05 ? cut - 1 : 0
  return [ordered[outer] ?? NaN, ordered[ordered.length - 1 - outer] ?? NaN]
}

/** The median of the ratios round by round, so that what slows a whole round down is in neither; undefined entries are of no round. */
export const pairedRatio = (
  values: ReadonlyArray<number | undefined>,
  base: ReadonlyArray<number | undefined>
): number =>
  median(values.flatMap((value, round) => {
    const other = base[round]
    return value === undefined || other === undefined || other === 0 ? [] : [value / other]
  }))

/** NaN of nothing. */
export const geometricMean = (values: ReadonlyArray<number>): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

/** How steep the straight line is that lies nearest to the points, by least squares; NaN of less than two places. */
export const slope = (points: ReadonlyArray<readonly [x: number, y: number]>): number => {
  const mean = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(points.map(([x]) => x))
  const y = mean(points.map(([, y]) => y))
  const square = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0)
  return square === 0 ? NaN : points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / square
}

/** The value that so large a share of them does not exceed; NaN of nothing. */
export const percentile = (values: ReadonlyArray<number>, share: number): number =>
  sorted(values)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? NaN
