import { addTo } from '../../group-by.ts'
import type { NameEntry } from './entries.ts'

/** Maximum number of trigrams of a name that are compared. */
const maxTrigrams = 60

/** Minimum similarity of a candidate. */
const minSimilarity = 0.4

function listTrigrams(folded: string): Set<string> {
  const padded = `  ${folded} `
  const trigrams = new Set<string>()
  for (let index = 0; index + 3 <= padded.length && trigrams.size < maxTrigrams; index += 1) {
    trigrams.add(padded.slice(index, index + 3))
  }
  return trigrams
}

/** An index of folded names (`foldName`) by trigrams, to propose candidates for names that are not found. */
export class SimilarNames {
  readonly #entries: { entry: NameEntry; trigramCount: number }[] = []
  readonly #entriesByTrigram = new Map<string, number[]>()

  /** Adds an entry by its folded name. */
  add(entry: NameEntry, folded: string): void {
    const trigrams = listTrigrams(folded)
    const index = this.#entries.push({ entry, trigramCount: trigrams.size }) - 1
    for (const trigram of trigrams) addTo(this.#entriesByTrigram, trigram, index)
  }

  /**
   * Returns the entries whose names are most similar to a folded name, at most one for each record, and equally similar ones
   * in the order of their keys. The similarity is the Dice coefficient of the trigrams of both names.
   */
  find(folded: string, limit: number): { entry: NameEntry; similarity: number }[] {
    const wanted = listTrigrams(folded)
    const sharedCounts = new Map<number, number>()
    for (const trigram of wanted) {
      for (const index of this.#entriesByTrigram.get(trigram) ?? [])
        sharedCounts.set(index, (sharedCounts.get(index) ?? 0) + 1)
    }
    const best = new Map<string, { entry: NameEntry; similarity: number }>()
    for (const [index, count] of sharedCounts) {
      const { entry, trigramCount = 0 } = this.#entries[index] ?? {}
      const similarity = (2 * count) / (wanted.size + trigramCount)
      if (similarity < minSimilarity || !entry) continue
      const known = best.get(entry.record.key)
      if (!known || known.similarity < similarity) best.set(entry.record.key, { entry, similarity })
    }
    return [...best.values()]
      .sort(
        (one, other) =>
          other.similarity - one.similarity || (one.entry.record.key < other.entry.record.key ? -1 : 1),
      )
      .slice(0, limit)
  }
}
