import { useLanguage } from '../../i18n/language.ts'

/**
 * A picked record, with a button that removes it.
 * @param id HTML id of the outer element, which can take the focus. The label of the field points to this id. If the label
 * pointed to the button, a click on the label would remove the record.
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
