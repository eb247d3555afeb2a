import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded random number generator: the same seed gives the same values in the same order. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** Returns true with this probability, from 0 to 1. */
  chance(probability: number): boolean
  /** One of the values, all equally likely. @throws Error when there are none. */
  pick<T>(values: readonly T[]): T
  /** One of the values, with probabilities in proportion to the weights. @throws Error when there are none. */
  weighted<T>(values: readonly (readonly [value: T, weight: number])[]): T
  /** One of the values, the first far more often than the last (Zipf's law). @throws Error when there are none. */
  pickZipf<T>(values: readonly T[]): T
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is nothing to choose from')
  return value
}

/** Creates a generator from a seed, which is any whole number. */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  const between = (min: number, max: number) => uniformInt(generator, min, max)
  const fraction = () => uniformFloat64(generator)
  const chance = (probability: number) => fraction() < probability
  const weighted: Random['weighted'] = (values) => {
    let remaining = fraction() * values.reduce((sum, [, weight]) => sum + weight, 0)
    const found = values.find(([, weight]) => {
      remaining -= weight
      return remaining < 0
    })
    return required(found ?? values.at(-1))[0]
  }
  return {
    between,
    chance,
    pick: (values) => required(values[between(0, values.length - 1)]),
    weighted,
    // This power makes the probability of rank r, from 0, about proportional to 1 / (r + 1).
    pickZipf: (values) => required(values[Math.floor((values.length + 1) ** fraction()) - 1]),
  }
}
