import { memo } from 'preact/compat'
import { useCallback, useRef } from 'preact/hooks'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId, useOutdateFaults, useRemoveItemFaults } from '../faults.ts'
import { emptyItem, replaceAt } from '../form-values.ts'
import { useFocusAfterChange } from '../use-focus-after-change.ts'
import { type CompositeProps, FieldGroup } from './labelled.tsx'
import { ObjectFields } from './object-field.tsx'
import { ReferenceList } from './reference-field.tsx'

/** The input for a list. Items can be changed, removed, and added at the end. */
export function ListField(props: CompositeProps) {
  return props.field.item?.kind === 'reference' ? <ReferenceList {...props} /> : <ItemList {...props} />
}

function ItemList({ field, value, pointer, onChange, NestedField }: CompositeProps) {
  const { t } = useLanguage()
  const labels = useLabels()
  const addButton = useRef<HTMLButtonElement>(null)
  const outdateFaults = useOutdateFaults()
  const removeItemFaults = useRemoveItemFaults()
  const change = useFocusAfterChange(onChange)
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  const name = labels.property(field.name)
  // The state of an item, such as the text of its search, stays with the item when an earlier one is removed.
  const keys = useRef<number[]>([])
  while (keys.current.length < items.length) keys.current.push((keys.current.at(-1) ?? 0) + 1)
  keys.current.length = items.length
  const latest = useRef({ items, onChange })
  latest.current = { items, onChange }
  const changeItem = useCallback((position: number, next: unknown) => {
    latest.current.onChange(replaceAt(latest.current.items, position, next))
  }, [])
  const { item } = field
  if (!item) return null
  const remove = (position: number) => {
    keys.current.splice(position, 1)
    removeItemFaults(pointer, position)
    onChange(items.filter((_one, index) => index !== position))
    // The button that had the focus was removed with its item.
    addButton.current?.focus()
  }
  const add = () => {
    outdateFaults(pointer)
    change([...items, emptyItem(item)], fieldId(`${pointer}/${items.length}`))
  }
  return (
    <FieldGroup field={field} pointer={pointer}>
      {items.map((one, index) => (
        <div key={keys.current[index]} class="list-item">
          <Item
            field={item}
            value={one}
            list={pointer}
            position={index}
            onChangeItem={changeItem}
            NestedField={NestedField}
          />
          <button
            type="button"
            aria-label={t('edit.removeItem', { name, number: index + 1 })}
            onClick={() => remove(index)}
          >
            {t('edit.removeShort')}
          </button>
        </div>
      ))}
      <button type="button" ref={addButton} aria-label={t('edit.addTo', { name })} onClick={add}>
        + {t('edit.add')}
      </button>
    </FieldGroup>
  )
}

interface ItemProps extends Omit<CompositeProps, 'pointer' | 'onChange'> {
  /** JSON pointer of the list. */
  list: string
  position: number
  onChangeItem: (position: number, next: unknown) => void
}

/** An item of a list. The fields of an object or participant are a group with a numbered heading. */
function ItemOfList({ list, position, onChangeItem, ...item }: ItemProps) {
  const { t } = useLanguage()
  const labels = useLabels()
  const pointer = `${list}/${position}`
  const props = { ...item, pointer, onChange: (next: unknown) => onChangeItem(position, next) }
  const { field, NestedField, ...rest } = props
  const legend = t('edit.item', { name: labels.property(field.name), number: position + 1 })
  if (field.kind === 'object')
    return (
      <FieldGroup field={field} pointer={pointer} legend={legend}>
        <ObjectFields {...props} />
      </FieldGroup>
    )
  if (field.kind !== 'participant') return <NestedField {...rest} field={field} />
  return (
    <FieldGroup field={field} pointer={pointer} legend={legend}>
      <NestedField {...rest} field={field} />
    </FieldGroup>
  )
}

/** An item that is rendered again only if its own value or position changes: a list may have hundreds of items. */
const Item = memo(ItemOfList)
