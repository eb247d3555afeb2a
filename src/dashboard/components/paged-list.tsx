import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { Pager } from './pager.tsx'

/** A page of a list with buttons to other pages. A click moves the focus to the list, since the button may disappear. */
export function PagedList({
  children,
  onChange,
  ...pager
}: Parameters<typeof Pager>[0] & { children: ComponentChildren }) {
  const list = useRef<HTMLDivElement>(null)
  return (
    <div ref={list} tabIndex={-1}>
      {children}
      <Pager
        {...pager}
        onChange={(cursor) => {
          list.current?.focus()
          onChange(cursor)
        }}
      />
    </div>
  )
}
