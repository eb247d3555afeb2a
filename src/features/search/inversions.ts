/** Names as lists turn them round, so that the word by which they are sorted stands first: `Korea, Republic of`. */

/** Other forms of a name. */
export interface NameForms {
  /** The same name in the other orders: `Republic of Korea`, `Korea (Republic of)`. */
  inversions: string[]
  /** The name without what is behind its comma or in its brackets, such as `Korea`; undefined if that is no form of state. */
  head: string | undefined
}

const inverted = /^(?<head>[^,，(]+?)\s*(?:[,，]\s*(?<rest>[^(]+)|\((?<inBrackets>[^()]+)\))$/
/** An article behind the name, but not that of `Republic of the`. */
const endsInArticle = /^(?<head>.+?)(?<!\sof)[\s,，]+\(?the\)?$/i
const startsWithArticle = /^the\s+(?=\S)/i
/** The part that lists put behind the name: `Republic of`, `Kingdom of the`. The longest one, for the last `of`. */
const beforeName = /^(?<rest>.+\sof(?:\sthe)?)\s+(?<head>\S.*)$/i

/** Returns the name in the order of speech, without an article: `Republic of Korea` for `Korea, Republic of (the)`. */
function straighten(name: string): string {
  const withoutArticle = endsInArticle.exec(name)?.groups?.head ?? name
  const { head, rest, inBrackets } = inverted.exec(withoutArticle)?.groups ?? {}
  const spoken = head === undefined ? withoutArticle : `${rest ?? inBrackets} ${head}`
  return spoken.replace(startsWithArticle, '')
}

/**
 * Returns the forms that lists give to a name, with `the` before or behind it or without it.
 * @param name in any of the forms: `the Gambia`, `Gambia The`, `Korea, Republic of`, `Iran (Islamic Republic of)`.
 */
export function getNameForms(name: string): NameForms {
  const text = name.trim().replaceAll(/\s+/g, ' ')
  const spoken = straighten(text)
  const { head, rest } = beforeName.exec(spoken)?.groups ?? {}
  const turned = head === undefined ? [] : [`${head}, ${rest}`, `${head} (${rest})`]
  const own = inverted.exec(text)?.groups
  const behind = own?.rest ?? own?.inBrackets ?? ''
  return {
    inversions: [spoken, `the ${spoken}`, `${spoken}, the`, `${spoken} (the)`, ...turned],
    head: /\sof(\sthe)?$/i.test(behind) ? own?.head : undefined,
  }
}
