import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded random number generator: the same seed gives the same values in the same order. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** True with a probability from 0 to 1. */
  chance(probability: number): boolean
  /** One of some values, each as likely as the others. @throws when there are none. */
  pick<T>(values: readonly T[]): T
  /** One of some values, as likely as its weight. @throws when there are none. */
  weighted<T>(values: readonly (readonly [value: T, weight: number])[]): T
  /** One of some values, the first far more often than the last (Zipf's law). @throws when there are none. */
  mostlyEarly<T>(values: readonly T[]): T
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is nothing to choose from')
  return value
}

/** Makes a generator from a seed, which is any whole number. */
export function randomFrom(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  const between = (min: number, max: number) => uniformInt(generator, min, max)
  const fraction = () => uniformFloat64(generator)
  const chance = (probability: number) => fraction() < probability
  const weighted: Random['weighted'] = (values) => {
    let left = fraction() * values.reduce((sum, [, weight]) => sum + weight, 0)
    const found = values.find(([, weight]) => {
      left -= weight
      return left < 0
    })
    return required(found ?? values.at(-1))[0]
  }
  return {
    between,
    chance,
    pick: (values) => required(values[between(0, values.length - 1)]),
    weighted,
    // The power that makes rank r about as likely as 1 / (r + 1).
    mostlyEarly: (values) => required(values[Math.floor((values.length + 1) ** fraction()) - 1]),
  }
}
