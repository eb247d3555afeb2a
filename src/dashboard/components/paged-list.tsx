import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { withQuery } from '../api/path.ts'
import type { Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { useLanguage } from '../i18n/language.ts'
import { Loaded } from './widget.tsx'

/** A list of the API, page by page. The service sends no stale responses for it. `children` renders a page. */
export function PagedList<Item>({
  path,
  parameters,
  height,
  children,
}: {
  path: string
  parameters?: Readonly<Record<string, string | number>>
  /** CSS height of the placeholder. */
  height: string
  /** @param isWholeList whether the list has no other page. */
  children: (items: readonly Item[], isWholeList: boolean) => ComponentChildren
}) {
  const [cursor, setCursor] = useState<string>()
  const state = useKeepPrevious(
    useApi<Page<Item>>(withQuery(path, { ...parameters, cursor }), { requireFresh: true }),
  )
  return (
    <PageOfList cursor={cursor} next={state.body?.page.next ?? null} onChange={setCursor}>
      <Loaded state={state} height={height}>
        {({ data, page }) => children(data, cursor === undefined && page.next === null)}
      </Loaded>
    </PageOfList>
  )
}

/**
 * A page of a list, or the error of reading it, with buttons to the first and the next page. When another page opens, the list
 * takes the focus, since the button may disappear.
 */
export function PageOfList({
  cursor,
  next,
  onChange,
  children,
}: {
  /** The cursor of the current page; undefined for the first page. */
  cursor: string | undefined
  /**
   * The cursor of the page after the shown one; null if there is none, or if no page is shown. While another page loads, the
   * previous one is still shown.
   */
  next: string | null
  onChange: (cursor: string | undefined) => void
  children: ComponentChildren
}) {
  const { t } = useLanguage()
  const list = useRef<HTMLDivElement>(null)
  const shown = useRef(cursor)
  useLayoutEffect(() => {
    if (cursor !== shown.current) list.current?.focus()
    shown.current = cursor
  }, [cursor])
  return (
    <div ref={list} tabIndex={-1}>
      {children}
      {(cursor !== undefined || next !== null) && (
        <div class="toolbar pages">
          {cursor !== undefined && (
            <button type="button" onClick={() => onChange(undefined)}>
              {t('explore.first')}
            </button>
          )}
          {next !== null && (
            <button type="button" onClick={() => onChange(next)}>
              {t('explore.next')}
            </button>
          )}
        </div>
      )}
    </div>
  )
}
