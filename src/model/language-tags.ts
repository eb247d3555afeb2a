/** The grammar of language tags: BCP 47 (RFC 5646, section 2.1); and the tags of languages by their names. */

import { languages } from './languages.ts'

/**
 * `en`, or `zh-yue` with extended subtags. The RFC also reserves subtags of four to eight letters, but no language has one, so such
 * a word is a name: `Farsi`.
 */
const language = '[a-z]{2,3}(?:-[a-z]{3}){0,3}'
const script = '[a-z]{4}'
const region = '[a-z]{2}|[0-9]{3}'
const variant = '[a-z0-9]{5,8}|[0-9][a-z0-9]{3}'
const extension = '[0-9a-wy-z](?:-[a-z0-9]{2,8})+'
const privateUse = 'x(?:-[a-z0-9]{1,8})+'

const place = `(?:-${script})?(?:-(?:${region}))?`
const regular = `(?:${language})${place}(?:-(?:${variant}))*(?:-${extension})*(?:-${privateUse})?`

/** The tags that were registered before the grammar and do not match it. `irregularNames` are the parts after `i-`. */
const irregularNames = 'ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu'
const irregular = `i-(?:${irregularNames})|en-gb-oed|sgn-(?:be-fr|be-nl|ch-de)`

const pattern = new RegExp(`^(?:${regular}|${privateUse}|${irregular})$`)
const variantPattern = new RegExp(`^(?:${variant})$`)

/** Whether a list has no value twice. */
const isDistinct = (list: readonly string[]): boolean => new Set(list).size === list.length

/**
 * Whether a text is a well-formed language tag, with no variant and no extension twice (RFC 5646, section 2.2.9). Accepts tags that
 * begin with a language code of two or three letters, tags for private use (`x-…`) and the irregular ones (`i-klingon`). Letter case
 * is ignored. The subtags need not be registered.
 */
export function isLanguageTag(text: string): boolean {
  const tag = text.toLowerCase()
  if (!pattern.test(tag)) return false
  const [own = ''] = tag.split(/(?:^|-)x-/)
  const [main = '', ...extensions] = own.split(/-(?=[0-9a-z]-)/)
  const variants = main.split('-').filter((subtag) => variantPattern.test(subtag))
  return isDistinct(variants) && isDistinct(extensions.map((subtags) => subtags.charAt(0)))
}

const letters = [...'abcdefghijklmnopqrstuvwxyz']

/** The codes of two letters by the names of their languages in English and Chinese, in lower case. */
const codesByName = new Map<string, string>()

/** Fills `codesByName`, which takes 0.1 s. */
function nameCodes() {
  for (const language of languages) {
    const names = new Intl.DisplayNames(language, { type: 'language', fallback: 'none' })
    for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
      const name = names.of(code)
      // A withdrawn code, such as `iw`, has the name of the code that replaced it.
      if (name !== undefined && Intl.getCanonicalLocales(code)[0] === code)
        codesByName.set(name.toLowerCase(), code)
    }
  }
}

/**
 * Returns the language tag for the name of a language in English or Chinese, alone or with subtags after it; undefined for other
 * texts, and for languages without a code of two letters, such as Cantonese.
 * @example findTagByName('English-US') // 'en-US'
 */
export function findTagByName(text: string): string | undefined {
  const [name = '', ...others] = text.trim().split('-')
  if (!/^\p{L}[\p{L} ]{1,40}$/u.test(name)) return undefined
  if (codesByName.size === 0) nameCodes()
  const code = codesByName.get(name.toLowerCase())
  const tag = [code, ...others].join('-')
  return code !== undefined && isLanguageTag(tag) ? tag : undefined
}
