import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

const initialWidth = 720

/** The width of an element in pixels, so that a chart is drawn in its own size and its text stays readable. */
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
