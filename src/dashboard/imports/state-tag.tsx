import type { ImportJob } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

/** The state of an import as a label. */
export function StateTag({ job: { state } }: { job: ImportJob }) {
  const { t } = useLanguage()
  return <span class={`tag state-${state}`}>{t(`imports.state.${state}`)}</span>
}
