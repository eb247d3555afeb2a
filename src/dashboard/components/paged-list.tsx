import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Pager } from './pager.tsx'

/**
 * A page of a list, with buttons to other pages. When another page opens, the list takes the focus, since the button may
 * disappear.
 */
export function PagedList({
  children,
  ...pager
}: Parameters<typeof Pager>[0] & { children: ComponentChildren }) {
  const list = useRef<HTMLDivElement>(null)
  const shown = useRef(pager.cursor)
  useLayoutEffect(() => {
    if (pager.cursor !== shown.current) list.current?.focus()
    shown.current = pager.cursor
  }, [pager.cursor])
  return (
    <div ref={list} tabIndex={-1}>
      {children}
      <Pager {...pager} />
    </div>
  )
}
