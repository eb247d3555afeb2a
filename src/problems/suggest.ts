import { distance } from 'fastest-levenshtein'
import { quoteList, toSentence } from '../wording.ts'

/**
 * Returns a word in lower case and without separators: `signedOn__gte` and `signedOn[gte]` both become `signedongte`. A sign in
 * front, as in `-signedOn`, stays, except the `$` of OData.
 */
export const withoutSeparators = (word: string): string =>
  word.toLowerCase().replaceAll(/^\$|(?<=.)[-_.:[\]]/g, '')

/** Returns a word without separators, and in the singular: `countries` and `country` are equal. */
const toPlain = (word: string): string =>
  withoutSeparators(word)
    .replace(/ies$/, 'y')
    .replace(/(?<=...)s$/, '')

/** The spellings of a word that are compared. */
interface Spellings {
  /** In lower case. */
  lower: string
  withoutSeparators: string
  plain: string
}

const spell = (word: string): Spellings => ({
  lower: word.toLowerCase(),
  withoutSeparators: withoutSeparators(word),
  plain: toPlain(word),
})

/** The spellings of known words. A request may have many unknown words, which are compared with the same list. */
const spellings = new WeakMap<readonly string[], Spellings[]>()

function spellAll(known: readonly string[]): readonly Spellings[] {
  const all = spellings.get(known) ?? known.map(spell)
  spellings.set(known, all)
  return all
}

/** Longer words are not compared. */
const maxComparedLength = 100

/** Maximum number of differences between a sent and a known word, as a share of the letters of the known one; at least one. */
const maxDifferenceShare = 0.4

/** Returns how many letters two words have in common at the beginning and at the end. */
function countEqualEnds(word: string, other: string): number {
  const countEqual = (offset: number, step: 1 | -1) => {
    let count = 0
    while (count < word.length && word.at(offset + step * count) === other.at(offset + step * count))
      count += 1
    return count
  }
  return countEqual(0, 1) + countEqual(-1, -1)
}

/**
 * Returns the known word with the fewest differences; of several such words, the one with the most letters in common at its ends.
 * Words with too many differences (`maxDifferenceShare`) do not count.
 */
function findNearest(
  word: string,
  known: readonly string[],
): { word: string; differences: number } | undefined {
  if (word.length > maxComparedLength) return undefined
  const sent = spell(word)
  const similar = spellAll(known)
    .map((other, index) => ({
      word: known[index] ?? '',
      ...other,
      differences: Math.min(
        distance(sent.withoutSeparators, other.withoutSeparators),
        distance(sent.plain, other.plain),
      ),
    }))
    .filter(({ differences, plain }) => differences <= Math.max(1, plain.length * maxDifferenceShare))
  const fewest = Math.min(...similar.map(({ differences }) => differences))
  const [nearest] = similar
    .filter(({ differences }) => differences === fewest)
    .sort((a, b) => countEqualEnds(sent.lower, b.lower) - countEqualEnds(sent.lower, a.lower))
  return nearest
}

/**
 * Returns the known word most similar to a mistyped one, or undefined if none is similar or the mistyped one has more than 100
 * characters. Case, separators and the plural are ignored.
 * @example suggest('stauts', ['status', 'kind']) // 'status'
 */
export const suggest = (word: string, known: readonly string[]): string | undefined =>
  findNearest(word, known)?.word

/** Minimum length of a word that is searched in longer ones, and of a known word that is searched in the sent one. */
const minPartLength = { sent: 3, known: 4 } as const

/** A shorter known word with one difference is suggested only if no known word begins or ends with the sent one. */
const minNearLength = 3

const beginsOrEndsWith = (word: string, part: string): boolean => word.startsWith(part) || word.endsWith(part)

/** Returns the known words that begin or end with a word; only the shortest if all others begin with it. */
function findExtensions(word: string, known: readonly string[]): string[] {
  const plain = toPlain(word)
  if (plain.length < minPartLength.sent) return []
  const all = spellAll(known)
  const found = known.filter((_, index) => beginsOrEndsWith(all[index]?.plain ?? '', plain))
  const shortest = found.reduce((a, b) => (b.length < a.length ? b : a), found[0] ?? '')
  return found.length > 0 && found.every((other) => other.startsWith(shortest)) ? [shortest] : found
}

/** Returns the longest known word with which a word begins or ends: `country` for `parties.country`. */
function findPart(word: string, known: readonly string[]): string[] {
  const whole = withoutSeparators(word)
  const all = spellAll(known)
  const parts = known.filter((_, index) => {
    const part = all[index]?.withoutSeparators ?? ''
    return part.length >= minPartLength.known && beginsOrEndsWith(whole, part)
  })
  return parts.sort((a, b) => b.length - a.length).slice(0, 1)
}

/**
 * Returns the known words that a client may have meant. The first of these rules that finds any words decides:
 * 1. the most similar word, if it has at most one difference, or none if it is shorter than three letters;
 * 2. the words that begin or end with the sent one, or only the shortest of these if all others begin with it;
 * 3. the most similar word, if it has at most two differences;
 * 4. the words that begin or end with the first part of the sent one (`signed` of `signedOn`);
 * 5. the most similar word;
 * 6. the longest word with which the sent one begins or ends.
 * @param sent the word. Of several, it is the first to which a known word is similar, or else the last.
 * @example findSimilar('amount', ['count', 'sum:amount', 'avg:amount']) // ['sum:amount', 'avg:amount']
 */
export function findSimilar(sent: string | readonly string[], known: readonly string[]): string[] {
  let word = ''
  let nearest: ReturnType<typeof findNearest>
  for (word of [sent].flat()) {
    nearest = findNearest(word, known)
    if (nearest) break
  }
  if (word.length > maxComparedLength) return []
  const [firstPart = ''] = /^[a-z]+(?=[A-Z])/.exec(word) ?? []
  if (nearest && nearest.differences <= (nearest.word.length < minNearLength ? 0 : 1)) return [nearest.word]
  const extensions = findExtensions(word, known)
  if (extensions.length > 0) return extensions
  // Two letters that are swapped are two differences.
  if (nearest && nearest.differences <= 2) return [nearest.word]
  const extensionsOfPart = findExtensions(firstPart, known)
  if (extensionsOfPart.length > 0) return extensionsOfPart
  return nearest ? [nearest.word] : findPart(word, known)
}

/** Maximum number of words that a message suggests. */
const maxSuggestedWords = 10

/** Maximum number of known words that a message lists: more than the properties or dimensions of the largest resource. */
const maxListedWords = 40

/**
 * Returns the end of a message about an unknown word: the known word or words that were probably meant (`findSimilar`), or else a
 * list of words unless there are too many.
 * @param sent the unknown word, or several, as for `findSimilar`.
 * @param listed the words to list; the known ones when left out.
 * @example didYouMean('stauts', ['status', 'kind']) // '; did you mean "status"?'
 */
export function didYouMean(
  sent: string | readonly string[],
  known: readonly string[],
  listed = known,
): string {
  const similar = findSimilar(sent, known).slice(0, maxSuggestedWords)
  const [last, ...others] = similar.toReversed()
  if (last === undefined) return itCanBe(listed)
  const list = others.length > 0 ? `${quoteList(others.reverse())} or "${last}"` : `"${last}"`
  return `; did you mean ${list}?`
}

/** Returns the end of a message that lists all known words, unless there are too many. */
export const itCanBe = (known: readonly string[]): string =>
  known.length > 0 && known.length <= maxListedWords ? `; it can be ${quoteList(known)}` : ''

/** Returns a message without the end that suggests something, to which a better suggestion can be added. */
export const withoutSuggestion = (message: string): string =>
  message.replace(/; (?:did you mean "|it can be "|find it with ).*$/, '')

/**
 * Returns a sentence about an unknown word, which ends as `didYouMean` says.
 * @param beginning the sentence without its end.
 * @example didYouMeanSentence('There is no sheet "x"', 'x', ['a']) // 'There is no sheet "x"; it can be "a".'
 */
export function didYouMeanSentence(beginning: string, word: string, known: readonly string[]): string {
  return toSentence(`${beginning}${didYouMean(word, known)}`)
}
