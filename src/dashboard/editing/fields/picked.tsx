import { useLanguage } from '../../i18n/language.ts'

/**
 * A picked record, with a button that removes it.
 * @param id HTML id of the outer element, which can take the focus. A label must point to this id, not to the button: otherwise a
 * click on the label would remove the record.
 */
export function Picked({ name, id, onRemove }: { name: string; id: string; onRemove: () => void }) {
  const { t } = useLanguage()
  return (
    <span class="picked" id={id} tabIndex={-1}>
      <bdi>{name}</bdi>
      <button type="button" aria-label={t('edit.remove', { name })} onClick={onRemove}>
        ×
      </button>
    </span>
  )
}
