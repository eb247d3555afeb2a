import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'

/**
 * Links to the first and the next page of a view whose URL has the cursor. A view shows them even if its page could not be loaded:
 * the first page may still load.
 */
export function PageLinks({
  first,
  next,
  onClick,
  class: className,
}: {
  /** URL of the first page; undefined if it is shown. */
  first: string | undefined
  /**
   * URL of the page after the shown one; undefined if there is none, or if no page is shown. While another page loads, the page that
   * was loaded last stays, and so does `next`.
   */
  next: string | undefined
  onClick: () => void
  class: string
}) {
  const { t } = useLanguage()
  return (
    <div class={className}>
      {first !== undefined && (
        <Link class="button" href={first} onClick={onClick}>
          {t('explore.first')}
        </Link>
      )}
      {next !== undefined && (
        <Link class="button" href={next} onClick={onClick}>
          {t('explore.next')}
        </Link>
      )}
    </div>
  )
}
