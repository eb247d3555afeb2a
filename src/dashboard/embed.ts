import { navigate, useBrowserLocation } from 'wouter-preact/use-browser-location'

/**
 * Whether the page shows one view inside another page (`?embed=1`), without navigation and read-only. The value does not
 * change while the page is open.
 */
export const isEmbedded = new URLSearchParams(location.search).get('embed') === '1'

/** Returns the URL of the current view outside the frame. */
export function unframedUrl(): string {
  const url = new URL(location.href)
  url.searchParams.delete('embed')
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
  target.searchParams.set('embed', '1')
  navigate(`${target.pathname}${target.search}`, options)
}

/** The location hook of the router for embedded views. */
export function useEmbeddedLocation(): ReturnType<typeof useBrowserLocation> {
  const [path] = useBrowserLocation()
  return [path, navigateEmbedded]
}
