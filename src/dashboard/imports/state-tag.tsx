import type { ImportJob } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

/** How far an import has come, in a word. */
export function StateTag({ job: { state } }: { job: ImportJob }) {
  const { t } = useLanguage()
  return <span class={`tag state-${state}`}>{t(`imports.state.${state}`)}</span>
}
