import type { HistoryEntry, Names } from '../api/types.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { Value } from './value.tsx'

/** The versions of a record, newest first: who, when, why, and which properties had which value then. */
export function HistoryList({ entries, names }: { entries: readonly HistoryEntry[]; names: Names }) {
  const { t, tOr, moment } = useLanguage()
  return (
    <ol class="entries">
      {entries.map((entry) => (
        <li key={entry.version}>
          <p>
            {t('record.version', { version: entry.version })} ·{' '}
            {tOr(`operation.${entry.operation}`, entry.operation)} ·{' '}
            {t('record.by', { name: entry.actor.name ?? entry.actor.kind })} ·{' '}
            <time dateTime={entry.time}>{moment(entry.time)}</time>
          </p>
          {entry.reason && <p class="soft">{t('record.reason', { reason: entry.reason })}</p>}
          <Changes entry={entry} names={names} />
        </li>
      ))}
    </ol>
  )
}

/** The properties that a version changed, with their new values. The first version has no other before it. */
function Changes({ entry: { changes, version }, names }: { entry: HistoryEntry; names: Names }) {
  const { t } = useLanguage()
  const labels = useLabels()
  const own = changes.filter(({ path }) => path !== '' && path !== '/version' && path !== '/updatedAt')
  if (own.length === 0) return null
  return (
    <table class="diff">
      <caption class="visually-hidden">{t('record.version', { version })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('record.property')}</th>
          <th scope="col">{t('record.after')}</th>
        </tr>
      </thead>
      <tbody>
        {own.map(({ op, path, value }) => (
          <tr key={`${op}${path}`}>
            <th scope="row">{path.slice(1).split('/').map(labels.property).join(' › ')}</th>
            <td>
              {op === 'remove' ? (
                <del>{t('record.nothing')}</del>
              ) : (
                <ins>
                  <Value value={value} kind="text" names={names} />
                </ins>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
