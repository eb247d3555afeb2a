import { type ComponentChildren, Fragment } from 'preact'
import { findProperty, type Property } from '../../api/resources.ts'
import type { Names } from '../../api/types.ts'
import { isPlainObject } from '../../editing/form-values.ts'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Value } from '../value.tsx'
import {
  diffLists,
  diffProperties,
  diffTexts,
  type ListPart,
  type PropertyDiff,
  type TextPart,
} from './diff.ts'

/** The property of a value, and the names of the records to which the value refers. */
interface Display {
  property: Property
  names: Names
}

/** An added value, with a text for screen readers. */
function Added({ children }: { children: ComponentChildren }) {
  const { t } = useLanguage()
  return (
    <ins>
      <span class="visually-hidden">{t('diff.added')} </span>
      {children}
    </ins>
  )
}

/** A removed value, with a text for screen readers. */
function Removed({ children }: { children: ComponentChildren }) {
  const { t } = useLanguage()
  return (
    <del>
      <span class="visually-hidden">{t('diff.removed')} </span>
      {children}
    </del>
  )
}

/** The properties that differ between two versions, each with its old and new value. */
export function PropertyDiffs({
  diffs,
  properties,
  names,
}: {
  diffs: readonly PropertyDiff[]
  properties: readonly Property[] | undefined
  names: Names
}) {
  const labels = useLabels()
  return (
    <dl class="facts diff">
      {diffs.map(({ name, before, after }) => (
        <Fragment key={name}>
          <dt>{labels.property(name)}</dt>
          <dd>
            <ValueDiff
              before={before}
              after={after}
              property={findProperty(properties, name)}
              names={names}
            />
          </dd>
        </Fragment>
      ))}
    </dl>
  )
}

/** Whether a value is a text of words, which are compared one by one. Codes and URLs are not: they are ASCII without spaces. */
const isProse = (value: unknown, { kind }: Property): value is string =>
  typeof value === 'string' && kind === 'text' && /\s|[^\p{ASCII}]/u.test(value)

/** Returns the items of a list; none if the list is missing, and undefined if the value is not a list. */
const listOf = (value: unknown): unknown[] | undefined =>
  Array.isArray(value) ? value : value === null || value === undefined ? [] : undefined

/** The difference between two values: texts by word, lists by item, objects by property, all other values as a whole. */
function ValueDiff({ before, after, ...display }: { before: unknown; after: unknown } & Display) {
  const { tag } = useLanguage()
  if (isProse(before, display.property) && isProse(after, display.property))
    return <TextDiff parts={diffTexts(before, after, tag)} />
  if (Array.isArray(before) || Array.isArray(after)) {
    const [itemsBefore, itemsAfter] = [listOf(before), listOf(after)]
    if (itemsBefore && itemsAfter) return <ListDiff parts={diffLists(itemsBefore, itemsAfter)} {...display} />
  }
  if (isPlainObject(before) && isPlainObject(after))
    return (
      <PropertyDiffs
        diffs={diffProperties(before, after)}
        properties={display.property.parts}
        names={display.names}
      />
    )
  return (
    <>
      {before !== undefined && (
        <>
          <Removed>
            <Value value={before} {...display} />
          </Removed>{' '}
          <span aria-hidden="true">→</span>{' '}
        </>
      )}
      <Added>
        <Value value={after} {...display} />
      </Added>
    </>
  )
}

function TextDiff({ parts }: { parts: readonly TextPart[] }) {
  return (
    <span class="text-diff">
      {parts.map((part, index) => {
        if (part.status === 'added') return <Added key={index}>{part.value}</Added>
        return part.status === 'removed' ? <Removed key={index}>{part.value}</Removed> : part.value
      })}
    </span>
  )
}

function ListDiff({ parts, property, names }: { parts: readonly ListPart[] } & Display) {
  const { t } = useLanguage()
  const sameCount = parts.filter(({ status }) => status === 'same').length
  // `Value` shows participants only as a list, so each object is shown as a list of one item.
  const show = (value: unknown, showsAll: boolean) => (
    <Value
      value={isPlainObject(value) ? [value] : value}
      property={property}
      names={names}
      showsAll={showsAll}
    />
  )
  return (
    <ul class="stack tight">
      {parts.map((part, index) => {
        if (part.status === 'same') return null
        return (
          <li key={index}>
            {part.status === 'added' && <Added>{show(part.value, true)}</Added>}
            {part.status === 'removed' && <Removed>{show(part.value, true)}</Removed>}
            {part.status === 'changed' && (
              <>
                {show(part.after, false)}
                {isPlainObject(part.before) && isPlainObject(part.after) && (
                  <PropertyDiffs
                    diffs={diffProperties(part.before, part.after)}
                    properties={property.parts}
                    names={names}
                  />
                )}
              </>
            )}
          </li>
        )
      })}
      {sameCount > 0 && <li class="soft small">{t('diff.same', { count: sameCount })}</li>}
    </ul>
  )
}
