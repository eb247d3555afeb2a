/** Writes XML 1.0 as text. */

/** Characters that XML 1.0 forbids, even as character references. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

const escapeWith = (text: string, characters: RegExp) =>
  text.replace(forbidden, '\ufffd').replace(characters, (character) => escapes[character] ?? character)

const escapeAttribute = (text: string) => escapeWith(text, /[&<>"\t\n\r]/g)

/** Values of attributes by name. An attribute that is null or undefined is omitted. */
export type XmlAttributes = Record<string, string | number | null | undefined>

/** Returns text as the content of an element. A character that XML forbids becomes U+FFFD. */
export const xmlText = (text: string): string => escapeWith(text, /[&<>\r]/g)

/** Returns an element as text. @param content elements, or escaped text. */
export function xmlElement(name: string, attributes: XmlAttributes, content: readonly string[] = []): string {
  const attributeList = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escapeAttribute(String(value))}"`)
    .join('')
  const start = `<${name}${attributeList}`
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`
}
