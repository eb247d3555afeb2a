import { LRUCache } from 'lru-cache'
import type { Representation } from './representation.ts'

/** What part of the memory a single answer may take, so that one doesn't drive out all others. */
const largestPart = 8

interface Kept {
  representation: Representation
  generation: number
}

/**
 * Answers in memory under their normalised requests, each with the generation of the database that it was made in,
 * and requests as they were sent, which lead to the normalised ones without being read. What was not asked for
 * longest goes when there is no more room.
 */
export class Store {
  readonly #kept: LRUCache<string, Kept>
  readonly #asked: LRUCache<string, string>

  /** @param bytes of memory that all may take together. */
  constructor(bytes: number) {
    const forRequests = Math.floor(bytes / largestPart)
    this.#asked = new LRUCache({
      maxSize: forRequests,
      // Texts have two bytes a character at most; the rest is what a map needs for an entry.
      sizeCalculation: (key, asked) => 2 * (key.length + asked.length) + 200,
    })
    this.#kept = new LRUCache({
      maxSize: bytes - forRequests,
      maxEntrySize: Math.floor(bytes / largestPart),
      sizeCalculation: ({ representation }, key) => representation.size + 2 * key.length,
    })
  }

  /** The answer to a normalised request in a generation; undefined when it is older or not there. */
  find(key: string, generation: number): Representation | undefined {
    const kept = this.#kept.get(key)
    return kept?.generation === generation ? kept.representation : undefined
  }

  /** The same for a request as it was sent. */
  findAsked(asked: string, generation: number): Representation | undefined {
    const key = this.#asked.get(asked)
    return key === undefined ? undefined : this.find(key, generation)
  }

  /** Keeps an answer, or weighs it anew when it has got another encoding. */
  keep(key: string, representation: Representation, generation: number): void {
    this.#kept.set(key, { representation, generation })
  }

  /** Lets a request as it was sent lead to its normalised form. */
  remember(asked: string, key: string): void {
    this.#asked.set(asked, key)
  }

  /** How many answers are kept. */
  get count(): number {
    return this.#kept.size
  }

  /** Bytes that all take together, about. */
  get size(): number {
    return this.#kept.calculatedSize + this.#asked.calculatedSize
  }
}
