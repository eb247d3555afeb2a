import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

const initialWidth = 720

/**
 * Returns a ref and the width of its element in pixels, at least 280. A chart of this width is not scaled, so its text
 * stays readable.
 */
export function useWidth<Element extends HTMLElement>(): [RefObject<Element>, number] {
  const element = useRef<Element>(null)
  const [width, setWidth] = useState(initialWidth)
  useEffect(() => {
    const { current } = element
    if (!current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.max(280, Math.floor(entry.contentRect.width)))
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}
