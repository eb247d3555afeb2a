import { readApi } from '../api/client.ts'
import { withQuery } from '../api/path.ts'
import type { ResourceDescription } from '../api/resources.ts'
import { aliasLists } from '../api/titles.ts'
import type { HitPage, RecordDocument } from '../api/types.ts'
import { withTitles } from '../api/use-hits.ts'
import { useRead } from '../api/use-read.ts'
import { type Hit, HitDetails } from '../components/hit-details.tsx'
import { Loaded } from '../components/widget.tsx'
import { isPlainObject } from '../editing/form-values.ts'
import { useLanguage } from '../i18n/language.ts'

/** Maximum number of records that are proposed. */
const maxSimilar = 6

/** Maximum number of a record's names that are searched for. */
const maxNames = 5

/** Maximum length of a query, in Unicode code points. Each has at most two UTF-16 code units, of which the service accepts 200. */
const maxQueryLength = 100

/** Returns the first `maxNames` different names of a record, beginning with its title, each cut to `maxQueryLength`. */
function namesOf({ title }: ResourceDescription, record: RecordDocument): string[] {
  const aliases = aliasLists.flatMap((list) => record[list] ?? [])
  const names = [record[title], ...aliases.map((alias) => isPlainObject(alias) && alias.name)].filter(
    (name) => typeof name === 'string',
  )
  return [...new Set(names.map((name) => [...name].slice(0, maxQueryLength).join('')))].slice(0, maxNames)
}

/** Returns the best hits of several searches, each record once, without the record that has the key `ownKey`. */
function bestHits(pages: readonly HitPage[], ownKey: string): Hit[] {
  const hits = pages.flatMap(({ data }) => data).sort((one, other) => other.score - one.score)
  const byKey = new Map<string, Hit>()
  for (const hit of hits) if (hit.key !== ownKey && !byKey.has(hit.key)) byKey.set(hit.key, hit)
  return [...byKey.values()].slice(0, maxSimilar)
}

/**
 * The records whose names are equal or similar to those of a record, best first. They come from searches for its names: the
 * duplicates that the service lists cannot be filtered by a record.
 */
export function SimilarRecords({
  resource,
  record,
  onChoose,
}: {
  resource: ResourceDescription
  record: RecordDocument
  onChoose: (key: string) => void
}) {
  const { t } = useLanguage()
  const key = String(record[resource.key])
  const names = namesOf(resource, record)
  const state = useRead(`similar to ${resource.name} ${key} ${names.join()}`, async (language, signal) => {
    const search = (q: string) =>
      readApi<HitPage>(
        withQuery('/v1/search', { q, resource: resource.name, limit: maxSimilar + 1 }),
        language,
        signal,
      )
    return withTitles(bestHits(await Promise.all(names.map(search)), key), language, signal)
  })
  return (
    <section>
      <h2>{t('merge.similar')}</h2>
      <Loaded state={state}>
        {(hits) =>
          hits.length === 0 ? (
            <p class="soft">{t('merge.noSimilar')}</p>
          ) : (
            <ul class="entries">
              {hits.map((hit) => (
                <li key={hit.key}>
                  <button type="button" class="link" onClick={() => onChoose(hit.key)}>
                    {hit.title}
                  </button>{' '}
                  <HitDetails hit={hit} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}
