import { Link } from 'wouter-preact'
import { nameIn } from '../api/names.ts'
import { pointedProperty } from '../api/pointers.ts'
import { explorePath, findProperty, type Property } from '../api/resources.ts'
import type { Names } from '../api/types.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { isPlainObject } from '../editing/form-values.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRecordPath } from './as-of-context.ts'
import { isUnset } from './is-unset.ts'
import { isParticipant, type Participant, Participants } from './participants.tsx'
import { RowLocator } from './service-text.tsx'

const isTimestamp = (text: string) => /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)
/** Whether a text is a web address and nothing else. A summary may begin with one. */
const isWebAddress = (text: string) => /^https?:\/\/\S+$/.test(text)
/** Whether a text is the path of a list in the API, such as the list of the records that a figure counts. */
const isListPath = (text: string) => /^\/v1\/[a-z-]+(\?|$)/.test(text)

/** Shows a value of a record: names instead of references, dates in their own precision, labels of enumeration values. */
export function Value({
  value,
  property,
  names,
  showsAll = false,
}: {
  value: unknown
  /** The property that has this value, or whose list has it as an item. */
  property: Property
  names: Names
  /** Whether all participants are shown, with all that is recorded about them. */
  showsAll?: boolean
}) {
  const language = useLanguage()
  const labels = useLabels()
  const recordPath = useRecordPath()
  const { kind, refersTo, isLanguage } = property
  if (value === null && kind === 'pointer') return <>{language.t('record.whole')}</>
  if (isUnset(value)) return <span class="soft">{language.t('value.unknown')}</span>
  if (typeof value === 'boolean') return <>{language.t(value ? 'value.yes' : 'value.no')}</>
  if (typeof value === 'number') return <>{language.number(value)}</>
  if (Array.isArray(value) && showsAll && value.every(isParticipant) && isListed(value))
    return <DetailedParticipants values={value} property={property} names={names} />
  if (Array.isArray(value) && value.every(isParticipant))
    return <Participants participants={value} names={names} showsAll={showsAll} />
  if (Array.isArray(value)) return <ListValue values={value} property={property} names={names} />
  if (isPlainObject(value)) return <ObjectValue value={value} property={property} names={names} />
  const text = String(value)
  if (kind === 'date') return <span class="date">{formatEdtf(text, language)}</span>
  if (isLanguage) return <>{language.languageName(text)}</>
  if (kind === 'enumeration') return <>{labels.word(text)}</>
  if (kind === 'pointer') return <>{labels.property(pointedProperty(text) ?? text)}</>
  const name = refersTo === undefined ? undefined : nameIn(names, refersTo, text)
  if (refersTo !== undefined && name !== undefined)
    return <Link href={recordPath(refersTo, text)}>{name}</Link>
  if (isTimestamp(text)) return <time dateTime={text}>{language.dateTime(text)}</time>
  if (isWebAddress(text)) return <a href={text}>{text}</a>
  if (isListPath(text)) return <Link href={explorePath(text)}>{text}</Link>
  return <span class="text">{allowLineBreaks(text)}</span>
}

/** Allows line breaks in a snake_case text after each underscore. */
const allowLineBreaks = (text: string) =>
  /^[a-z0-9]+(_[a-z0-9]+)+$/.test(text)
    ? text.split('_').flatMap((word, index) => (index === 0 ? word : ['_', <wbr key={index} />, word]))
    : text

function ListValue({ values, property, names }: { values: unknown[]; property: Property; names: Names }) {
  return values.every((item) => !isPlainObject(item)) ? (
    <span class="chips">
      {values.map((item) => (
        <span key={String(item)} class="tag">
          <Value value={item} property={property} names={names} />
        </span>
      ))}
    </span>
  ) : (
    <ul class="stack">
      {values.map((item) => (
        <li key={JSON.stringify(item)}>
          <Value value={item} property={property} names={names} />
        </li>
      ))}
    </ul>
  )
}

/** Whether an object is a reference to a record: `resource` and `id`, and nothing else. */
export const isRecordReference = (
  value: Record<string, unknown>,
): value is { resource: string; id: string } => hasTexts(value, ['resource', 'id'])

/** Whether an object is a name in a language: `name` and `language`, and nothing else. */
const isName = (value: Record<string, unknown>): value is { name: string; language: string | null } =>
  hasTexts({ ...value, language: value.language ?? '' }, ['name', 'language'])

const hasTexts = (value: Record<string, unknown>, keys: readonly string[]): boolean =>
  Object.keys(value).length === keys.length && keys.every((key) => typeof value[key] === 'string')

/** The properties that are shown for every participant, with or without details. */
const basicProperties = ['country', 'organization', 'region', 'role']

/** Returns what is recorded about a participant besides its role, such as the dates on which it signed and ratified. */
const detailsOf = (participant: Participant) =>
  Object.fromEntries(
    Object.entries(participant).filter(([name, part]) => !basicProperties.includes(name) && !isUnset(part)),
  )

/** Whether participants are listed one below the other: if there is only one, or if any participant has details. */
const isListed = (participants: readonly Participant[]): boolean =>
  participants.length === 1 || participants.some((one) => Object.keys(detailsOf(one)).length > 0)

/** Participants one below the other, each with its role and details. */
function DetailedParticipants({
  values,
  property,
  names,
}: {
  values: readonly Participant[]
  property: Property
  names: Names
}) {
  return (
    <ul class="stack">
      {values.map((one) => (
        <li key={JSON.stringify(one)}>
          <Participants participants={[one]} names={names} />
          {' · '}
          <ObjectValue value={{ role: one.role, ...detailsOf(one) }} property={property} names={names} />
        </li>
      ))}
    </ul>
  )
}

/** An object, such as an amount of money or a place, in one line, without unknown values. */
function ObjectValue({
  value,
  property,
  names,
}: {
  value: Record<string, unknown>
  property: Property
  names: Names
}) {
  const labels = useLabels()
  const recordPath = useRecordPath()
  const { languageName, resourceLabel } = useLanguage()
  if (isRecordReference(value)) {
    const { resource, id } = value
    const name = nameIn(names, resource, id) ?? id
    return (
      <>
        <Link href={recordPath(resource, id)}>{name}</Link>{' '}
        <span class="soft small">{resourceLabel(resource)}</span>
      </>
    )
  }
  if (isName(value))
    return (
      <>
        <span lang={value.language ?? undefined}>{value.name}</span>{' '}
        {value.language !== null && <span class="soft small">{languageName(value.language)}</span>}
      </>
    )
  const order = property.parts?.map(({ name }) => name) ?? []
  const parts = Object.entries(value)
    .filter(([, part]) => !isUnset(part))
    .sort(([one], [other]) => order.indexOf(one) - order.indexOf(other))
  return (
    <>
      {parts.map(([name, part], index) => (
        <span key={name}>
          {index > 0 && ' · '}
          {/* Imports write `row 5` as the locator of a row, which needs no label. */}
          {name === 'row' && /^row \d+$/.test(String(part)) ? (
            <RowLocator locator={String(part)} />
          ) : (
            <>
              <span class="soft">{labels.property(name)}</span>{' '}
              <Value value={part} property={findProperty(property.parts, name)} names={names} />
            </>
          )}
        </span>
      ))}
    </>
  )
}
