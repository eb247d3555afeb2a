import type { Random } from './random.ts'

/** Keys and birthdays of generated records: one a millisecond from this moment on. */
const epoch = Date.UTC(2020, 0, 1)

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

/** Makes the keys and birthdays of records, each after the one before. */
export interface Identities {
  /** A UUIDv7 (RFC 9562, section 5.7) of the next millisecond. */
  uuid(): string
  /**
   * What a record's row has of its own beside what it says: its key and a made-up birthday. When it was last changed is
   * when it is written, as its history has it.
   */
  record(): { id: string; createdAt: string }
}

/** Identities whose random bits come from `random`, so that another seed makes other keys. */
export function identitiesFrom(random: Random): Identities {
  let moment = epoch
  const uuid = () => {
    moment += 1
    const time = hex(moment, 12)
    const [a, b, c, d] = [0xfff, 0x3fff, 0xffffff, 0xffffff].map((most) => random.between(0, most))
    const last = `${hex(c ?? 0, 6)}${hex(d ?? 0, 6)}`
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(a ?? 0, 3)}-${hex(0x8000 + (b ?? 0), 4)}-${last}`
  }
  const record = () => {
    const id = uuid()
    return { id, createdAt: new Date(moment).toISOString() }
  }
  return { uuid, record }
}
