import type { Random } from './random.ts'

/** When the first generated record was made. Each record after it is a millisecond younger. */
const epochMs = Date.UTC(2020, 0, 1)

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

/** Makes ids and creation times for records, each later than the one before. */
export interface Identities {
  /** A UUIDv7 (RFC 9562, section 5.7) of the next millisecond. */
  uuid(): string
  /** The id of a record and a made-up time of its creation. Its last change is when it is written, as in its history. */
  record(): { id: string; createdAt: string }
}

/** Makes identities whose random bits come from `random`: another seed makes other ids. */
export function identitiesFrom(random: Random): Identities {
  let timeMs = epochMs
  const uuid = () => {
    timeMs += 1
    const time = hex(timeMs, 12)
    const [a, b, c, d] = [0xfff, 0x3fff, 0xffffff, 0xffffff].map((max) => random.between(0, max))
    const last = `${hex(c ?? 0, 6)}${hex(d ?? 0, 6)}`
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(a ?? 0, 3)}-${hex(0x8000 + (b ?? 0), 4)}-${last}`
  }
  const record = () => {
    const id = uuid()
    return { id, createdAt: new Date(timeMs).toISOString() }
  }
  return { uuid, record }
}
