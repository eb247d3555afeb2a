import { navigate, useBrowserLocation } from 'wouter-preact/use-browser-location'

/**
 * Whether the page shows one view inside another page (`?embed=1`), without navigation and read-only. The value does not
 * change while the page is open.
 */
export const isEmbedded = new URLSearchParams(location.search).get('embed') === '1'

/**
 * Returns the URL of the current view outside the frame. The text of the query is kept, since `URLSearchParams` would encode the
 * commas between values, and an encoded comma is part of a value.
 */
export function unframedUrl(): string {
  const url = new URL(location.href)
  url.search = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== 'embed=1')
    .join('&')
  return url.href
}

/**
 * Navigates inside the frame if the path stays the same or the URL is only replaced, and otherwise opens the target in a new
 * window.
 */
function navigateEmbedded(to: string | URL, options?: Parameters<typeof navigate>[1]): void {
  const target = new URL(to, location.href)
  if (target.pathname !== location.pathname && options?.replace !== true) {
    open(target, '_blank', 'noopener')
    return
  }
  const query = target.search.slice(1)
  const hasParameter = target.searchParams.has('embed')
  const search = hasParameter ? query : [query, 'embed=1'].filter(Boolean).join('&')
  navigate(`${target.pathname}?${search}`, options)
}

/** The location hook of the router for embedded views. */
export function useEmbeddedLocation(): ReturnType<typeof useBrowserLocation> {
  const [path] = useBrowserLocation()
  return [path, navigateEmbedded]
}
