import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** Width in pixels until the element is measured. */
const initialWidth = 720

/** Minimum width in pixels. */
const minWidth = 280

/**
 * Returns a ref and the width of its element in pixels, at least `minWidth`. A chart of this width is not scaled, so its text
 * stays readable.
 */
export function useWidth<Target extends HTMLElement>(): [RefObject<Target>, number] {
  const element = useRef<Target>(null)
  const [width, setWidth] = useState(initialWidth)
  useEffect(() => {
    const { current } = element
    if (!current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(minWidth, Math.floor(entry.contentRect.width)))
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}
