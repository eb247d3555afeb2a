import type { Random } from './random.ts'

/** The ids have the timestamps of consecutive milliseconds; the first one is a millisecond after this time. */
const startMs = Date.UTC(2020, 0, 1)

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

/**
 * Returns a function that generates the ids of records, in ascending order: each is a UUIDv7 (RFC 9562, section 5.7) of the next
 * millisecond. The random bits come from `random`, so that another seed produces other ids.
 */
export function createIdGenerator(random: Random): () => string {
  let ms = startMs
  return () => {
    ms += 1
    const time = hex(ms, 12)
    const [a, b, c, d] = [0xfff, 0x3fff, 0xffffff, 0xffffff].map((max) => random.between(0, max))
    const last = `${hex(c ?? 0, 6)}${hex(d ?? 0, 6)}`
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(a ?? 0, 3)}-${hex(0x8000 + (b ?? 0), 4)}-${last}`
  }
}
