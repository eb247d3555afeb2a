/** Normal forms of names, in which different spellings of the same name are equal. */

/** Letters that Unicode does not decompose into a base letter and an accent, with the letters that replace them. */
const letters = new Map(
  Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' }),
)

/**
 * Accents, vowel points and variation selectors, which some spellings of a name leave out. Other marks belong to letters: the
 * marks of voiced kana, and the vowels and tones of scripts such as Devanagari and Thai.
 */
const accents = /(?=\p{M})(?![\u3099\u309A])[\p{sc=Zinh}\p{sc=Cyrl}\p{sc=Arab}\p{sc=Hebr}]/gu

/** Single letters with periods, such as `U.S.A.` and `D. P. R.`. */
const initials = /(?<![\p{L}\p{M}\p{N}])(?:\p{L}\p{M}*\.\s?){2,}(?:\p{L}\p{M}*(?![\p{L}\p{M}\p{N}]))?/gu

/** `+` and `#`, except at the end of a word: `C++` and `C#` are different words. */
const looseSigns = /(?<![\p{L}\p{M}\p{N}+#])[+#]+|(?<![+#])[+#]+(?=[\p{L}\p{N}])/gu

/**
 * Returns a name without case, accents, apostrophes and punctuation, with single spaces: `cote divoire`, `usa`.
 * Some lists separate an elided `d` or `l` from its word (`Cote d Ivoire`); this function joins them.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => letters.get(letter) ?? letter)
    .normalize('NFD')
    .replaceAll(accents, '')
    .normalize('NFC')
    .replaceAll(/['’‘ʻʼ`´]/g, '')
    .replaceAll(initials, (text) => `${text.replaceAll(/[.\s]/g, '')} `)
    .replaceAll('&', ' and ')
    .replaceAll(looseSigns, ' ')
    .replaceAll(/[^\p{L}\p{M}\p{N}+#]+/gu, ' ')
    .trim()
    .replaceAll(/\b([dl]) (?=\p{L})/gu, '$1')
}

/** Abbreviations and full words by the short form that replaces them. */
const shortForms: Record<string, [abbreviations: string, words: string]> = {
  rep: ['rep repub', 'republic republik republique republica'],
  dem: ['dem', 'democratic democratique democratica'],
  fed: ['fed', 'federal federated federation federative'],
  st: ['st ste', 'saint sainte'],
  is: ['is isl', 'island islands isles isle islas iles'],
  terr: ['terr ter', 'territory territories'],
  ppl: ['ppl peo ppls', 'peoples people'],
  sts: ['sts', 'states'],
  soc: ['soc', 'socialist'],
  gov: ['gov govt', 'government'],
  usa: ['us', 'usa'],
  n: ['n', 'north northern'],
  s: ['s', 'south southern'],
  e: ['e', 'east eastern'],
  w: ['w', 'west western'],
  se: ['se', 'southeast southeastern'],
  univ: ['univ', 'university universite universidad universitat'],
  inst: ['inst', 'institute institut instituto'],
  natl: ['natl nat', 'national'],
  intl: ['intl int', 'international'],
  min: ['min', 'ministry'],
  dept: ['dept', 'department'],
  acad: ['acad', 'academy'],
  sci: ['sci', 'science sciences'],
  tech: ['tech technol', 'technology'],
  org: ['org', 'organisation organization'],
  prog: ['prog', 'programme program'],
  dev: ['dev devel', 'development'],
  ctr: ['ctr', 'centre center'],
  assn: ['assn assoc', 'association'],
  corp: ['corp', 'corporation'],
  co: ['co', 'company'],
  ltd: ['ltd', 'limited'],
}

/** Phrases and the short forms that replace them. */
const phrases: [RegExp, string][] = [
  [/\bunited states( of america)?\b/g, 'usa'],
  [/\bunited kingdom\b/g, 'uk'],
  [/\bpdr\b/g, 'ppl dem rep'],
  [/\bssr\b/g, 'soviet soc rep'],
  [/\bsouth east(ern)?\b/g, 'southeast'],
  // A region. South Africa is a country.
  [/\bsouthern africa\b|\bafrica southern\b/g, 'southernafrica'],
]

const shortFormByWord = new Map(
  Object.entries(shortForms).flatMap(([form, words]) =>
    words
      .join(' ')
      .split(' ')
      .map((word) => [word, form] as const),
  ),
)

const abbreviations = new Set([
  'pdr',
  'ssr',
  ...Object.values(shortForms).flatMap(([abbreviated]) => abbreviated.split(' ')),
])

const ignoredWords = new Set('the of and de la le les du des et el los las y del da do fur'.split(' '))

/** The words of a name in their short forms, without words such as `the` and `of`, in alphabetical order. */
export interface WordBag {
  words: string[]
  /** Whether the name has an abbreviation, such as `rep` or `govt`. */
  isShortened: boolean
}

/**
 * Returns the words of a folded name. They are the same for `Congo, Dem. Rep. of the` and `Democratic Republic of the
 * Congo`.
 * @param ignored further words to leave out.
 */
export function toWordBag(folded: string, ignored: ReadonlySet<string>): WordBag {
  let text = folded
  for (const [phrase, short] of phrases) text = text.replaceAll(phrase, short)
  const isIgnored = (word: string) => word === '' || ignoredWords.has(word) || ignored.has(word)
  const words: string[] = []
  for (const word of text.split(' ')) {
    if (!isIgnored(word)) words.push(shortFormByWord.get(word) ?? word)
  }
  const isShortened = folded.split(' ').some((word) => !isIgnored(word) && abbreviations.has(word))
  return { words: words.sort(), isShortened }
}

/** The key of a bag of words. */
export const bagKey = (words: readonly string[]): string => words.join(' ')
