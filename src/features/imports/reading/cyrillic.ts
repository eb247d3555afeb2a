import iconv from 'iconv-lite'

/** The encodings of Cyrillic texts that are distinguished. */
const encodings = ['windows-1251', 'koi8-r', 'iso-8859-5']

/** The letters of Russian, the most frequent first. Their order is nearly the same in other languages with these letters. */
const byFrequency = 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё'

/** The rank of Cyrillic letters that Russian does not have, such as `і`. */
const otherRank = byFrequency.length / 2

/** Maximum mean rank of the letters of a text. It is about 8 in texts, and about 16 in random letters. */
const maxMeanRank = 12

/** Minimum number of Cyrillic letters. Fewer may be Chinese characters whose bytes are Cyrillic letters by chance. */
const minLetters = 8

/** Matches a word in capitals, or a word in small letters whose first letter may be a capital. */
const word = /^(?:\p{Lu}+|\p{Lu}?\p{Ll}+)$/u

/** Minimum share of such words among the non-ASCII words: others are abbreviations such as `МинНауки`. */
const minWordShare = 0.95

/** Non-ASCII signs that occur in Cyrillic texts. */
const signs = /[«»“”„’–—№…\u00a0]/g

/** Returns the mean rank of the Cyrillic letters of a text; undefined if they are too few, or other non-ASCII words too many. */
function meanRank(text: string): number | undefined {
  const words = (text.replaceAll(signs, ' ').match(/[A-Za-z\P{ASCII}]+/gu) ?? []).filter((one) =>
    /\P{ASCII}/u.test(one),
  )
  const cyrillic = words.filter((one) => word.test(one) && /^\p{Script=Cyrillic}+$/u.test(one))
  const letters = [...cyrillic.join('').toLowerCase()]
  if (cyrillic.length < minWordShare * words.length || letters.length < minLetters) return undefined
  const ranks = letters.map((letter) => {
    const rank = byFrequency.indexOf(letter)
    return rank === -1 ? otherRank : rank
  })
  return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length
}

/**
 * Returns the encoding in which the non-ASCII words of a text are Cyrillic, by the frequency of their letters. In other encodings,
 * capitals are in the middle of words, or rare letters are frequent.
 * @returns undefined for other texts, and for texts with too few letters.
 */
export function findCyrillic(sample: Buffer): string | undefined {
  const ranked = encodings.flatMap((name) => {
    const rank = meanRank(iconv.decode(sample, name))
    return rank !== undefined && rank <= maxMeanRank ? [{ name, rank }] : []
  })
  return ranked.sort((first, second) => first.rank - second.rank)[0]?.name
}
