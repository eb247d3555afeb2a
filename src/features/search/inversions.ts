/** Inverted names, as in sorted lists, where the main word comes first: `Korea, Republic of`. */

/** Other forms of a name. */
export interface NameForms {
  /** The same name in each order, with and without `the`: `Republic of Korea`, `Korea, Republic of`, `Korea (Republic of)`. */
  inversions: string[]
  /** The name without its form of government after the comma or in brackets, such as `Korea`; undefined if it has none. */
  head: string | undefined
}

const outerPunctuation = /^[\s"'«»‹›“”„‘’「」『』《》¿¡]+|[\s"'«»‹›“”„‘’「」『』《》?!.,:;？！。，：；]+$/gu

/** Returns a text without the quotation marks around it and the punctuation at its end: `Pakistan` for `“Pakistan”?`. */
export const withoutOuterPunctuation = (text: string): string => text.replaceAll(outerPunctuation, '')

const inverted = /^(?<head>[^,，(]+?)\s*(?:[,，]\s*(?<rest>[^(]+)|\((?<inBrackets>[^()]+)\))$/
/** An article after the name, except the one in `Republic of the`. */
const endsInArticle = /^(?<head>.+?)(?<!\sof)[\s,，]+\(?the\)?$/i
/** An article in brackets that belongs to `of` or to the whole name: `Democratic Republic of (the)`, `Republic of (the)`. */
const endsInOfThe = /^(?<name>.+\sof)\s+\(the\)$/i
const startsWithArticle = /^the\s+(?=\S)/i
/** The part that sorted lists move to the end: `Republic of`, `Kingdom of the`. It ends with the last `of` or `of the`. */
const formOfGovernment = /^(?<rest>.+\sof(?:\sthe)?)\s+(?<head>\S.*)$/i

/** Returns the name in its natural order, without an article at its beginning or end: `Gambia` for `Gambia (the)`. */
function toNaturalOrder(name: string): string {
  const withoutArticle = endsInArticle.exec(name)?.groups?.head ?? name
  const { head, rest, inBrackets } = inverted.exec(withoutArticle)?.groups ?? {}
  const natural = head === undefined ? withoutArticle : `${rest ?? inBrackets} ${head}`
  return natural.replace(startsWithArticle, '')
}

/**
 * Returns the other forms of a name: in natural order, without and with `the`, and with its form of government at the end.
 * @param name in any of the forms: `the Gambia`, `Gambia The`, `Korea, Republic of (the)`, `Iran (Islamic Republic of)`.
 */
export function getNameForms(name: string): NameForms {
  const text = name.trim().replaceAll(/\s+/g, ' ')
  const withoutArticle = endsInOfThe.exec(text)?.groups?.name
  if (withoutArticle !== undefined) {
    const [forms, formsWithArticle] = [getNameForms(withoutArticle), getNameForms(`${withoutArticle} the`)]
    return { ...forms, inversions: [...forms.inversions, ...formsWithArticle.inversions] }
  }
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
