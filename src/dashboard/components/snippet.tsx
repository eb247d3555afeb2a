/** Text of a snippet: the API escapes it, and puts `<mark>` around what was found. Nothing else becomes an element. */
const decode = (html: string) =>
  new DOMParser().parseFromString(html.replaceAll(/<[^>]*>/g, ''), 'text/html').documentElement.textContent ??
  ''

/** A snippet of the search, with what was found marked. */
export function Snippet({ html }: { html: string }) {
  return (
    <>
      {html
        .split(/(<mark>.*?<\/mark>)/)
        .map((part, at) => (part.startsWith('<mark>') ? <mark key={at}>{decode(part)}</mark> : decode(part)))}
    </>
  )
}
