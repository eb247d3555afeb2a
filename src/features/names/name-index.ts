import { addTo } from '../../group-by.ts'
import { startSlices } from '../../time-slice.ts'
import { getNameForms } from '../search/inversions.ts'
import type { AmbiguousName, NamedRecord, NameEntry } from './entries.ts'
import { bagKey, foldName, toWordBag } from './fold.ts'
import { SimilarNames } from './similar.ts'

/**
 * The form in which a name was found: `folded` as given, apart from case, accents and punctuation (`foldName`); `inverted` with
 * its words in another order, or without words such as `the`, `of` and `former`; `shortened` with abbreviations; `official-form`
 * without the words of a formal name.
 */
export type MatchForm = 'folded' | 'inverted' | 'shortened' | 'official-form'

/** The result of a lookup: the entries, and why the name is ambiguous, if it is. */
export interface LookupResult {
  form: MatchForm
  entries: readonly NameEntry[]
  ambiguous?: AmbiguousName | undefined
}

/**
 * Words, in the short forms of `toWordBag`, by which a formal name differs from the usual one: `Republic of Malta`, `Royal
 * Government of Bhutan`. `State` is not among them, since it also names parts of countries: `State of Georgia`.
 */
const formalWords = new Set(['rep', 'kingdom', 'sultanate', 'gov', 'royal'])

/** The `formalWords` that may precede a whole formal name: `Government of the Republic of Malta`. */
const precedingWords = new Set(['gov', 'royal'])

/** Words that mark the name of a former state. */
const formerWords = new Set(['former', 'formerly', 'ex', 'late'])

/** The names of records, indexed by every form in which they are looked up. */
export class NameIndex {
  readonly records: ReadonlyMap<string, NamedRecord>
  /** The schemes in which records have codes. */
  readonly schemes: ReadonlySet<string>
  /** By the folded name. */
  readonly #folded = new Map<string, NameEntry[]>()
  readonly #ambiguous = new Map<string, AmbiguousName>()
  /** By the words of the name in any order (`bagKey`). */
  readonly #bags = new Map<string, NameEntry[]>()
  readonly #ambiguousBags = new Map<string, AmbiguousName>()
  /** By scheme and code. */
  readonly #codes = new Map<string, NamedRecord[]>()
  readonly #ignoredWords: ReadonlySet<string>
  readonly #similar = new SimilarNames()

  private constructor(records: Iterable<NamedRecord>, ignoredWords: ReadonlySet<string>) {
    this.records = new Map([...records].map((record) => [record.key, record]))
    this.schemes = new Set([...this.records.values()].flatMap(({ codes = {} }) => Object.keys(codes)))
    this.#ignoredWords = ignoredWords
    for (const record of this.records.values()) {
      for (const [scheme, code] of Object.entries(record.codes ?? {})) {
        addTo(this.#codes, `${scheme} ${code}`, record)
      }
    }
  }

  /**
   * Builds an index, in time slices, since thousands of names take a tenth of a second.
   * @param records the records that can be found, by a code or by a name.
   * @param entries all names of the records.
   * @param ambiguous the ambiguous names, by the name.
   * @param ignoredWords words that do not distinguish names of this resource, such as `regional`.
   */
  static async build(
    records: Iterable<NamedRecord>,
    entries: readonly NameEntry[],
    ambiguous: ReadonlyMap<string, AmbiguousName> = new Map(),
    ignoredWords: ReadonlySet<string> = new Set(),
  ): Promise<NameIndex> {
    const index = new NameIndex(records, ignoredWords)
    const pause = startSlices()
    for (const entry of entries) {
      index.#add(entry)
      await pause()
    }
    for (const [name, ambiguousName] of ambiguous) {
      const folded = foldName(name)
      index.#ambiguous.set(folded, ambiguousName)
      index.#ambiguousBags.set(bagKey(toWordBag(folded, ignoredWords).words), ambiguousName)
    }
    return index
  }

  #add(entry: NameEntry): void {
    const folded = foldName(entry.text)
    if (folded === '') return
    addTo(this.#folded, folded, entry)
    addTo(this.#bags, bagKey(toWordBag(folded, this.#ignoredWords).words), entry)
    this.#similar.add(entry, folded)
  }

  /** Returns the records with a code of a scheme. Case does not matter. */
  findByCode(scheme: string, code: string): readonly NamedRecord[] {
    return this.#codes.get(`${scheme} ${code.trim().toUpperCase()}`) ?? []
  }

  /** Returns the entries with the most similar names, with their similarity from 0 to 1, best first. */
  findSimilar(name: string, limit: number): { entry: NameEntry; similarity: number }[] {
    return this.#similar.find(foldName(name), limit)
  }

  /**
   * Finds a name in one of the forms of `MatchForm`: first as given, and last without the words of a formal name. Words such as
   * `former` are left out if no order of all the words is found.
   * @returns undefined if the name is not found in any form.
   * @param isAmbiguous whether an entry of the list of ambiguous names applies to this query (`onlyInSourcesAbout`).
   */
  find(name: string, isAmbiguous: (one: AmbiguousName) => boolean): LookupResult | undefined {
    const folded = foldName(name)
    if (folded === '') return undefined
    const equal = this.#folded.get(folded)
    const ambiguous = this.#ambiguous.get(folded)
    if (ambiguous && isAmbiguous(ambiguous)) return { form: 'folded', entries: equal ?? [], ambiguous }
    if (equal) return { form: 'folded', entries: equal }
    return this.#findInverted(name) ?? this.#findInBags(folded, isAmbiguous)
  }

  /** Finds a name by its other forms, such as `Republic of Korea` for `Korea, Republic of`. */
  #findInverted(name: string): LookupResult | undefined {
    for (const inversion of getNameForms(name).inversions) {
      const entries = this.#folded.get(foldName(inversion))
      if (entries) return { form: 'inverted', entries }
    }
    return undefined
  }

  /** Finds a name by its words in any order. */
  #findInBags(folded: string, isAmbiguous: (one: AmbiguousName) => boolean): LookupResult | undefined {
    const { words, isShortened } = toWordBag(folded, this.#ignoredWords)
    const form = isShortened ? 'shortened' : 'inverted'
    const withoutFormer = words.filter((word) => !formerWords.has(word))
    const withoutPreceding = withoutFormer.filter((word) => !precedingWords.has(word))
    const withoutFormal = withoutFormer.filter(
      (word) => !formalWords.has(word) && !isRedundantIslamic(word, withoutFormer),
    )
    for (const [used, usedForm] of [
      [words, form],
      [withoutFormer, form],
      [withoutPreceding, 'official-form'],
      [withoutFormal, 'official-form'],
    ] as const) {
      const key = bagKey(used)
      if (key === '') continue
      const ambiguous = this.#ambiguousBags.get(key)
      if (ambiguous && isAmbiguous(ambiguous)) return { form: usedForm, entries: [], ambiguous }
      const entries = this.#bags.get(key)
      if (entries) return { form: usedForm, entries }
    }
    return undefined
  }
}

/** `Islamic` does not distinguish names with `Republic`. */
const isRedundantIslamic = (word: string, words: readonly string[]) =>
  word === 'islamic' && words.includes('rep')
