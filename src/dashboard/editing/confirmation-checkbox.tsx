import { useLanguage } from '../i18n/language.ts'

/** The checkbox by which the user confirms a change that cannot be undone. */
export function ConfirmationCheckbox({
  checked,
  onChange,
}: {
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  const { t } = useLanguage()
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      {t('edit.sure')}
    </label>
  )
}
