import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'

/**
 * The heading of a view, which also names the window (WCAG 2.4.2).
 * @param title the text for the window, and of the heading when it has no `children`.
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
  return <h1>{children}</h1>
}
