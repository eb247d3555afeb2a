import { z } from 'zod'
import { findLineFault } from './characters.ts'

/** A host name (RFC 1123, and `_`, which some domains have), or an IPv6 address in brackets. */
const hostPattern =
  /^(?:(?=.{1,253}\.?$)[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*\.?|\[[\da-f:.]+\])$/

/**
 * Characters that no URI or IRI contains: they must be percent-encoded. URL parsers would accept them, and change or drop most of
 * them.
 */
const forbidden = /[\s\\\p{Cc}"<>^`{|}]|%(?![\da-f]{2})/iu

const characterNames: Record<string, string> = {
  ' ': 'a space',
  '"': 'a quotation mark',
  '%': 'a "%" without two hexadecimal digits',
  '\\': 'a backslash',
  '\t': 'a tab',
  '\n': 'a line break',
}

/** Returns a message that describes the fault of a web address; undefined if the address is valid. */
function findFault(text: string): string | undefined {
  const index = text.search(forbidden)
  if (index >= 0) {
    const character = text.charAt(index)
    const name =
      characterNames[character] ??
      (/[\s\p{Cc}]/u.test(character) ? 'a control character or space' : `"${character}"`)
    const position = [...text.slice(0, index)].length + 1
    return `has ${name} at character ${position}: percent-encode it`
  }
  // URL parsers ignore further slashes before the host.
  const isWebAddress =
    /^https?:\/\/(?!\/)/i.test(text) && URL.canParse(text) && hostPattern.test(new URL(text).hostname)
  return isWebAddress ? findLineFault(text) : `${JSON.stringify(text)} is not an http(s) URL`
}

/** Schema of an http(s) URL, which is stored unchanged. It may contain non-ASCII letters (RFC 3987). */
export const webAddress = () =>
  z
    .string()
    .max(2000)
    .superRefine((text, context) => {
      const message = findFault(text)
      if (message !== undefined) context.addIssue({ code: 'invalid_format', format: 'url', message })
    })
    .meta({ format: 'iri', examples: ['https://registry.example/treaties/42'] })
