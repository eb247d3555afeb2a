/**
 * Returns the plain text of a snippet, which is escaped HTML with `<mark>` around matches. The HTML parser drops leading
 * white space, so a period is put before the text and removed afterwards.
 */
export function snippetText(html: string): string {
  const text = html.replaceAll(/<[^>]*>/g, '')
  const { documentElement } = new DOMParser().parseFromString(`.${text}`, 'text/html')
  return documentElement.textContent?.slice(1) ?? ''
}

/** A snippet of a search result, with the matches in `<mark>`. No other elements of the HTML are rendered. */
export function Snippet({ html }: { html: string }) {
  return (
    <>
      {html
        .split(/(<mark>.*?<\/mark>)/)
        .map((part, index) =>
          part.startsWith('<mark>') ? <mark key={index}>{snippetText(part)}</mark> : snippetText(part),
        )}
    </>
  )
}
