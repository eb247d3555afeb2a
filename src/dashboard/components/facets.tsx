import { useEffect, useRef, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { suggestEdtf } from '../../suggest-edtf.ts'
import { withQuery } from '../api/path.ts'
import { explorePath, findEventDates, type ResourceDescription } from '../api/resources.ts'
import type { Aggregate } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { isEdtf } from '../dates/describe-edtf.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { ShowMoreButton } from './show-more-button.tsx'
import { Loaded } from './widget.tsx'

/** Number of rows of a facet at first, and of the further rows that each click on the facet's button shows. */
const initialRowCount = 7
const furtherRowCount = 50

const maxFacets = 5

type Filters = Readonly<Record<string, string>>

/** Returns the dimensions of facets: the first `maxFacets` of country, topic and enumerations whose filter takes a list. */
function facetsOf({ properties, dimensions, parameterTypes }: ResourceDescription): string[] {
  const enumerations = properties.filter(({ kind }) => kind === 'enumeration').map(({ name }) => name)
  return ['country', 'topic', ...enumerations]
    .filter((name) => dimensions.includes(name) && parameterTypes[name] === 'commaSeparated')
    .slice(0, maxFacets)
}

/** Returns the name of the first date property by which the list can be sorted. */
const findDateProperty = ({ properties, sorts }: ResourceDescription) =>
  properties.find(({ kind, name }) => kind === 'date' && sorts.includes(name))?.name

/** Filters of a resource: words, a date range, and the most frequent values of some dimensions. */
export function Facets({
  resource,
  filters,
  onChange,
}: {
  resource: ResourceDescription
  filters: Filters
  onChange: (filters: Record<string, string>) => void
}) {
  const { t } = useLanguage()
  const date = findEventDates(resource)?.start ?? findDateProperty(resource)
  // On a narrow screen the filters start closed, so that the records are visible.
  const [isOpen] = useState(() => matchMedia('(min-width: 50rem)').matches)
  const dimensions = facetsOf(resource)
  // A facet appears when all facets above it have loaded or failed to load, so that it does not move.
  const [settled, setSettled] = useState<readonly string[]>([])
  return (
    <aside class="no-print" aria-label={t('explore.filter')}>
      <details class="facets-fold" open={isOpen}>
        <summary>{t('explore.filter')}</summary>
        <div class="stack">
          <TextFilters filters={filters} date={date} onChange={onChange} />
          {dimensions.map((dimension, index) => (
            <Facet
              key={dimension}
              resource={resource}
              dimension={dimension}
              filters={filters}
              onChange={onChange}
              isHidden={!dimensions.slice(0, index).every((above) => settled.includes(above))}
              onSettled={() => setSettled((known) => [...known, dimension])}
            />
          ))}
        </div>
      </details>
    </aside>
  )
}

function TextFilters({
  filters,
  date,
  onChange,
}: {
  filters: Filters
  date: string | undefined
  onChange: (filters: Record<string, string>) => void
}) {
  const { t, tag } = useLanguage()
  const labels = useLabels()
  const names = ['q', ...(date ? [`${date}[gte]`, `${date}[lte]`] : [])]
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const enteredText = (name: string) => String(form.get(name) ?? '').trim()
    const enteredDate = (name: string) => suggestEdtf(enteredText(name), tag, isEdtf) ?? enteredText(name)
    const entered = Object.fromEntries(
      names.map((name) => [name, name === 'q' ? enteredText(name) : enteredDate(name)]),
    )
    const next = Object.entries({ ...filters, ...entered }).filter(([, value]) => value !== '')
    onChange(Object.fromEntries(next))
  }
  const field = (name: string, label: string, placeholder?: string) => (
    <TextFilter key={name} name={name} label={label} value={filters[name] ?? ''} placeholder={placeholder} />
  )
  const dateLabel = (end: string) => t('value.named', { name: labels.property(date ?? ''), value: end })
  return (
    <form class="stack" onSubmit={submit}>
      {field('q', t('explore.words'))}
      {date && field(`${date}[gte]`, dateLabel(t('explore.from')), t('explore.dateExample'))}
      {date && field(`${date}[lte]`, dateLabel(t('explore.to')), t('explore.dateExample'))}
      <button type="submit">{t('explore.apply')}</button>
    </form>
  )
}

/** The field of a filter. An effect sets its value, since `key={value}` would replace the input, which would lose the focus. */
function TextFilter({
  name,
  label,
  value,
  placeholder,
}: {
  name: string
  label: string
  value: string
  placeholder: string | undefined
}) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (input.current) input.current.value = value
  }, [value])
  return (
    <label>
      <span class="small soft">{label}</span>
      <input
        ref={input}
        name={name}
        defaultValue={value}
        placeholder={placeholder}
        dir="auto"
        style={{ width: '100%' }}
      />
    </label>
  )
}

/** The most frequent values of a dimension among the records that match the other filters. */
function Facet({
  resource,
  dimension,
  filters,
  onChange,
  isHidden,
  onSettled,
}: {
  resource: ResourceDescription
  dimension: string
  filters: Filters
  onChange: (filters: Record<string, string>) => void
  isHidden: boolean
  /** Called when the values have loaded or failed to load. */
  onSettled: () => void
}) {
  const { t, number } = useLanguage()
  const labels = useLabels()
  const [limit, setLimit] = useState(initialRowCount)
  const { [dimension]: filter, ...others } = filters
  const chosen = filter === undefined ? [] : filter.split(',')
  const state = useKeepPrevious(
    useApi<Aggregate>(
      withQuery(`/v1/${resource.name}/aggregate`, {
        ...others,
        groupBy: dimension,
        sort: '-count',
        limit,
      }),
    ),
  )
  const isEmpty = state.error?.status === 400 || state.body?.data.length === 0
  const isSettled = state.status !== 'loading'
  useEffect(() => {
    if (isSettled) onSettled()
  }, [isSettled])
  const toggle = (key: string) => {
    const next = chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]
    onChange(next.length === 0 ? others : { ...others, [dimension]: next.join(',') })
  }
  return (
    <fieldset class="facet" hidden={isHidden || isEmpty}>
      <legend>{labels.property(dimension)}</legend>
      {/* The aggregate counts each record at its own topics, while the filter also finds narrower topics. */}
      {dimension === 'topic' && <p class="soft small">{t('facet.narrower')}</p>}
      {/* The list of records shows the errors in the filters. */}
      {state.error?.status === 400 ? null : (
        <Loaded state={state} height="12rem" isSilent>
          {({ data, groups }) => (
            <>
              <ul>
                {data.map(({ key, label, measures, list }) => {
                  const value = key[dimension] ?? null
                  const name = label[dimension] ?? value ?? t('value.unknown')
                  return (
                    <li key={value ?? ''}>
                      {value === null ? (
                        <Link class="soft no-value" href={explorePath(list)}>
                          {name}
                        </Link>
                      ) : (
                        <label>
                          <input
                            type="checkbox"
                            checked={chosen.includes(value)}
                            onChange={() => toggle(value)}
                          />
                          {name}
                        </label>
                      )}
                      <span class="soft number">{number(measures.count ?? 0)}</span>
                    </li>
                  )
                })}
              </ul>
              {groups.count > data.length && (
                <ShowMoreButton class="chip" onClick={() => setLimit(data.length + furtherRowCount)}>
                  {t('facet.more', { count: number(Math.min(furtherRowCount, groups.count - data.length)) })}
                </ShowMoreButton>
              )}
            </>
          )}
        </Loaded>
      )}
    </fieldset>
  )
}
