import { useEffect } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'

/** Asks for confirmation before the user leaves a form with unsaved changes. */
export function useLeaveGuard(isChanged: boolean): void {
  const { t } = useLanguage()
  useEffect(() => {
    if (!isChanged) return
    const onLeave = (event: BeforeUnloadEvent) => event.preventDefault()
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null
      if (!link || link.getAttribute('target') === '_blank' || confirm(t('edit.leave'))) return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('beforeunload', onLeave)
    document.addEventListener('click', onClick, { capture: true })
    return () => {
      window.removeEventListener('beforeunload', onLeave)
      document.removeEventListener('click', onClick, { capture: true })
    }
  }, [isChanged])
}
