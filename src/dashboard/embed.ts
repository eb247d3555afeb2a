import { navigate, useBrowserLocation } from 'wouter-preact/use-browser-location'

/**
 * Whether the page shows one view inside another page (`?embed=1`), without navigation and read-only. The value does not
 * change while the page is open.
 */
export const isEmbedded = new URLSearchParams(location.search).get('embed') === '1'

/**
 * Returns the URL of the current view outside the frame. The other parameters keep their text: `URLSearchParams` would encode the
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

/** Returns the query string of a URL. Adds the named parameters that the current view has and the URL lacks. */
function addCurrent(names: readonly string[], { search, searchParams }: URL): string {
  const current = new URLSearchParams(location.search)
  const missing = names.flatMap((name) => {
    const value = searchParams.has(name) ? null : current.get(name)
    return value === null || value === '' ? [] : `${name}=${encodeURIComponent(value)}`
  })
  return [search.slice(1), ...missing].filter(Boolean).join('&')
}

/**
 * Navigates inside the frame if the path stays the same or the URL is only replaced, and otherwise opens the target in a new
 * window. Both keep the language, which the browser does not store for embedded views.
 */
function navigateEmbedded(to: string | URL, options?: Parameters<typeof navigate>[1]): void {
  const target = new URL(to, location.href)
  const isOtherView = target.pathname !== location.pathname && options?.replace !== true
  target.search = addCurrent(isOtherView ? ['lang'] : ['lang', 'embed'], target)
  if (isOtherView) open(target, '_blank', 'noopener')
  else navigate(target.pathname + target.search + target.hash, options)
}

/**
 * Returns the address of a link in an embedded view, with the language of the view: the browser opens this address, and not the
 * router, if the user opens the link in a new tab.
 */
export function embeddedHref(path: string): string {
  const target = new URL(path, location.href)
  target.search = addCurrent(['lang'], target)
  return target.pathname + target.search + target.hash
}

/** The location hook of the router for embedded views. */
export function useEmbeddedLocation(): ReturnType<typeof useBrowserLocation> {
  const [path] = useBrowserLocation()
  return [path, navigateEmbedded]
}
