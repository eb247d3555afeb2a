import { useId } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'

/** The input for the reason for a change, which the history shows. */
export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useLanguage()
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{t('edit.reason')}</label>
      <input
        id={id}
        type="text"
        dir="auto"
        aria-describedby={`${id}-hint`}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="soft small">
        {t('edit.reasonHint')}
      </p>
    </div>
  )
}
