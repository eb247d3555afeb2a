import { Fragment } from 'preact'
import { nameIn } from '../api/names.ts'
import { findProperty, findResource, type Property } from '../api/resources.ts'
import type { ImportPreview, Names } from '../api/types.ts'
import { isUnset } from '../components/is-unset.ts'
import { RowLocator, ServiceText } from '../components/service-text.tsx'
import { isRecordReference, Value } from '../components/value.tsx'
import { isPlainObject } from '../editing/form-values.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { RowFaults } from './row-faults.tsx'
import { RowValues } from './row-values.tsx'

type Row = ImportPreview['rows'][number]
type PreviewedRecord = Row['records'][number]

/**
 * Replaces the keys in the value of a property with names, if `names` has them. The names are not links, since some of the records
 * do not exist yet.
 */
function replaceKeys(value: unknown, property: Property, names: Names): unknown {
  if (typeof value === 'string') return nameIn(names, property.refersTo ?? '', value) ?? value
  if (Array.isArray(value)) return value.map((item) => replaceKeys(item, property, names))
  if (!isPlainObject(value)) return value
  if (isRecordReference(value)) return nameIn(names, value.resource, value.id) ?? value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      replaceKeys(part, findProperty(property.parts, name), names),
    ]),
  )
}

/** The first rows of a file, each with its values and the resulting records. */
export function PreviewTable({ preview: { rows, names } }: { preview: ImportPreview }) {
  return (
    <ol class="preview">
      {rows.map((row) => (
        <li key={row.locator}>
          <PreviewedRow row={row} names={names} isOpen={row === rows[0]} />
        </li>
      ))}
    </ol>
  )
}

function PreviewedRow({ row, names, isOpen }: { row: Row; names: Names; isOpen: boolean }) {
  const { t } = useLanguage()
  const [record] = row.records
  const title = record?.document[findResource(record.resource)?.title ?? '']
  return (
    <details open={isOpen}>
      <summary>
        <span class="soft">
          <RowLocator locator={row.locator} />
        </span>{' '}
        <span class={`tag row-${row.state}`}>{t(`imports.row.${row.state}`)}</span>{' '}
        {typeof title === 'string' ? title : <ServiceText text={row.faults[0]?.detail ?? ''} />}
      </summary>
      <div class="sides">
        <section class="side">
          <h3>{t('imports.inFile')}</h3>
          <RowValues values={row.values} />
        </section>
        <section class="side">
          <h3>{t('imports.becomes')}</h3>
          {row.reason !== null && (
            <p>
              {t('imports.leftOut')}
              <ServiceText text={row.reason} />
            </p>
          )}
          <RowFaults faults={row.faults} />
          {row.records.map((one) => (
            <RecordPreview key={`${one.resource}${one.externalId.id}`} record={one} names={names} />
          ))}
          {row.dropped.length > 0 && (
            <>
              <h4>{t('imports.dropped')}</h4>
              <RowFaults faults={row.dropped} />
            </>
          )}
        </section>
      </div>
    </details>
  )
}

function RecordPreview({ record, names }: { record: PreviewedRecord; names: Names }) {
  const { t, resourceLabel } = useLanguage()
  const labels = useLabels()
  const resource = findResource(record.resource)
  const properties = Object.entries(record.document).filter(([, value]) => !isUnset(value))
  return (
    <div class="record-preview">
      <p>
        {resourceLabel(record.resource)} <span class="tag">{t(`imports.action.${record.action}`)}</span>
      </p>
      <dl class="facts">
        {properties.map(([name, value]) => {
          const property = findProperty(resource?.properties, name)
          return (
            <Fragment key={name}>
              <dt>{labels.property(name)}</dt>
              <dd>
                <Value value={replaceKeys(value, property, names)} property={property} names={{}} showsAll />
              </dd>
            </Fragment>
          )
        })}
      </dl>
      {record.kept.length > 0 && (
        <p class="soft small">
          {t('imports.keptOf', {
            properties: record.kept.map((name) => labels.property(name)).join(t('list.comma')),
          })}
        </p>
      )}
    </div>
  )
}
