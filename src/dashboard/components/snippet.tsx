/**
 * Text of a snippet: the API escapes it, and puts `<mark>` around what was found. Nothing else becomes an element. The parser
 * leaves out white space at the beginning of a document, so a character stands before it.
 */
const decode = (html: string) => {
  const text = html.replaceAll(/<[^>]*>/g, '')
  return new DOMParser().parseFromString(`.${text}`, 'text/html').documentElement.textContent?.slice(1)
}

/** The text of a snippet, without marks. */
export const snippetText = (html: string): string => decode(html) ?? ''

/** A snippet of the search, with what was found marked. */
export function Snippet({ html }: { html: string }) {
  return (
    <>
      {html
        .split(/(<mark>.*?<\/mark>)/)
        .map((part, index) =>
          part.startsWith('<mark>') ? <mark key={index}>{decode(part)}</mark> : decode(part),
        )}
    </>
  )
}
