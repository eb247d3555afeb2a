/** Inverted names, as in sorted lists, where the main word comes first: `Korea, Republic of`. */

/** Other forms of a name. */
export interface NameForms {
  /** The same name in each order, with and without `the`: `Republic of Korea`, `Korea, Republic of`, `Korea (Republic of)`. */
  inversions: string[]
  /** The name without its form of government after the comma or in brackets, such as `Korea`; undefined if it has none. */
  head: string | undefined
}

const inverted = /^(?<head>[^,，(]+?)\s*(?:[,，]\s*(?<rest>[^(]+)|\((?<inBrackets>[^()]+)\))$/
/** An article after the name, in brackets or not, except the one in `Republic of the`. */
const endsInArticle = /^(?<head>.+?)(?:[\s,，]+\(the\)|(?<!\sof)[\s,，]+the)$/i
const startsWithArticle = /^the\s+(?=\S)/i
/** The part that sorted lists move to the end: `Republic of`, `Kingdom of the`. It ends with the last `of` or `of the`. */
const formOfGovernment = /^(?<rest>.+\sof(?:\sthe)?)\s+(?<head>\S.*)$/i

const withoutLastArticle = (name: string): string => endsInArticle.exec(name)?.groups?.head ?? name

/** Returns a name in its natural order, without an article at its start. @param name has no article at its end. */
function toNaturalOrder(name: string): string {
  const { head, rest, inBrackets } = inverted.exec(name)?.groups ?? {}
  const natural = head === undefined ? name : `${rest ?? inBrackets} ${head}`
  return natural.replace(startsWithArticle, '')
}

/**
 * Returns the forms of a name in lists: without `the`, and with `the` before or after the name.
 * @param name in any of the forms: `the Gambia`, `Gambia The`, `Korea, Republic of (the)`, `Iran (Islamic Republic of)`.
 */
export function getNameForms(name: string): NameForms {
  const text = withoutLastArticle(name.trim().replaceAll(/\s+/g, ' '))
  const natural = toNaturalOrder(text)
  const { head, rest } = formOfGovernment.exec(natural)?.groups ?? {}
  const reordered = head === undefined ? [] : [`${head}, ${rest}`, `${head} (${rest})`]
  const parts = inverted.exec(text)?.groups
  const suffix = parts?.rest ?? parts?.inBrackets ?? ''
  return {
    inversions: [natural, `the ${natural}`, `${natural}, the`, `${natural} (the)`, ...reordered],
    head: /\sof(\sthe)?$/i.test(suffix) ? parts?.head : undefined,
  }
}
