import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { takeFocus } from '../scroll-and-focus.ts'

/**
 * The heading of a view, which takes the focus when the view opens. Also sets the title of the document (WCAG 2.4.2).
 * @param props `title`: the start of the document title, and the text of the heading if there are no `children`.
 */
export function PageTitle({ title, children = title }: { title: string; children?: ComponentChildren }) {
  const { t } = useLanguage()
  const name = t('app.name')
  useEffect(() => {
    document.title = `${title} – ${name}`
    return () => {
      document.title = name
    }
  }, [title, name])
  const heading = useRef<HTMLHeadingElement>(null)
  // After each rendering, since the heading may be hidden at first.
  useEffect(() => takeFocus(heading.current))
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}
