import { Link, useLocation } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { findName } from '../api/names.ts'
import { withQuery } from '../api/path.ts'
import { findResource, type ResourceDescription } from '../api/resources.ts'
import { titleProperties } from '../api/titles.ts'
import type { Page, RecordDocument } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { AsOfContext } from '../components/as-of-context.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { Facets } from '../components/facets.tsx'
import { FileLink } from '../components/file-link.tsx'
import { useFilterDescription } from '../components/filter-description.ts'
import { useNamesOfFilterValues } from '../components/names-of-filter-values.ts'
import { NotFound } from '../components/not-found.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PageLinks } from '../components/page-links.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { RecordTable } from '../components/record-table.tsx'
import { Loaded } from '../components/widget.tsx'
import { defaultColumns, type ExploreState, exploreState, exploreUrl } from '../explore-state.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { isSearchable, searchRequest } from '../search-body.ts'
import { useRights, useSession } from '../session.ts'
import { useFocusResults } from '../use-focus-results.ts'

/** The records of a resource as a table, with filters, columns and downloads. The URL contains the whole state. */
export default function ExploreView({ name }: { name: string }) {
  const resource = findResource(name)
  return resource ? <Explorer resource={resource} /> : <NotFound />
}

function Explorer({ resource }: { resource: ResourceDescription }) {
  const { t, number, tag, resourceLabel } = useLanguage()
  const { write } = useRights()
  const [, navigate] = useLocation()
  const state = exploreState(resource, useSearch())
  const change = (next: Partial<ExploreState>) =>
    navigate(exploreUrl(resource, { ...state, cursor: null, ...next }))
  const read = useApi<Page<RecordDocument>>(
    withQuery(`/v1/${resource.name}`, {
      ...state.filters,
      sort: state.sort ?? undefined,
      cursor: state.cursor ?? undefined,
      fields: [...new Set([...titleProperties(resource, tag), 'visibility', ...state.columns])],
      include: 'names',
      count: 'exact',
    }),
  )
  // While another page or order loads, the table stays, so that its headings and buttons keep the focus.
  const list = useKeepPrevious(read)
  const next = list.body?.page.next ?? null
  const total = read.body?.page.total?.count
  const { resultsRef, focusResults, showResults } = useFocusResults()
  return (
    <>
      <PageHead
        title={resourceLabel(resource.name)}
        actions={
          write && (
            <>
              <Link class="button" href={`/duplicates/${resource.name}`}>
                {t('duplicates.open')}
              </Link>
              <Link class="button primary" href={`/new/${resource.name}`}>
                {t('edit.new')}
              </Link>
            </>
          )
        }
      >
        <p aria-live="polite">
          {total === undefined
            ? list.error
              ? ''
              : '…'
            : total === 1
              ? t('explore.one')
              : t('explore.count', { count: number(total) })}
        </p>
        <PrintedAsOf asOf={state.filters[resource.asOfName]} />
      </PageHead>
      <div class="explore">
        <Facets resource={resource} filters={state.filters} onChange={(filters) => change({ filters })} />
        <div>
          <FilterChips
            resource={resource}
            filters={state.filters}
            onChange={(filters) => change({ filters })}
            onEmpty={focusResults}
          />
          <Toolbar resource={resource} state={state} onChange={change} />
          <section ref={resultsRef} tabIndex={-1} aria-label={resourceLabel(resource.name)}>
            <Loaded state={list} height="40rem">
              {({ data, names = {} }) =>
                data.length === 0 ? (
                  <p class="empty">{t('explore.none')}</p>
                ) : (
                  <AsOfContext.Provider value={state.filters[resource.asOfName]}>
                    <RecordTable
                      resource={resource}
                      records={data}
                      names={names}
                      columns={state.columns}
                      sort={state.sort}
                      onSort={(sort) => change({ sort })}
                    />
                  </AsOfContext.Provider>
                )
              }
            </Loaded>
            {(state.cursor !== null || next !== null) && <p class="print-only">{t('explore.topOnly')}</p>}
            <PageLinks
              class="toolbar pages no-print"
              first={state.cursor === null ? undefined : exploreUrl(resource, { ...state, cursor: null })}
              next={next === null ? undefined : exploreUrl(resource, { ...state, cursor: next })}
              onClick={showResults}
            />
          </section>
        </div>
      </div>
    </>
  )
}

/** The active filters, each as a button that removes the filter. Names of records replace their keys. */
function FilterChips({
  resource,
  filters,
  onChange,
  onEmpty,
}: {
  resource: ResourceDescription
  filters: Readonly<Record<string, string>>
  onChange: (filters: Record<string, string>) => void
  /** Called when the last filter is removed, and the buttons disappear. */
  onEmpty: () => void
}) {
  const { t } = useLanguage()
  const names = useNamesOfFilterValues(resource, filters)
  const describe = useFilterDescription(resource, (key) => findName(names, key)?.name)
  const entries = Object.entries(filters)
  if (entries.length === 0) return null
  return (
    <div class="toolbar">
      <div class="chips">
        {entries.map(([name, value]) => {
          const text = describe(name, value)
          const rest = Object.fromEntries(entries.filter(([other]) => other !== name))
          return (
            <button
              key={name}
              type="button"
              class="chip"
              aria-label={t('explore.remove', { filter: text })}
              onClick={(event) => {
                const next = event.currentTarget.nextElementSibling
                if (entries.length > 1 && next instanceof HTMLElement) next.focus()
                else onEmpty()
                onChange(rest)
              }}
            >
              {text} ×
            </button>
          )
        })}
        <button
          type="button"
          class="chip no-print"
          onClick={() => {
            onEmpty()
            onChange({})
          }}
        >
          {t('explore.clear')}
        </button>
      </div>
    </div>
  )
}

/** Labels of formats. The label of any other format is its name in the API, in upper case. */
const formatNames: Readonly<Record<string, string>> = {
  xlsx: 'Excel',
  geojson: 'GeoJSON',
  ics: 'iCalendar',
}

/** Formats whose files have the same properties, whatever columns the user has chosen. */
const formatsWithFixedProperties = ['iati', 'ics']

function Toolbar({
  resource,
  state,
  onChange,
}: {
  resource: ResourceDescription
  state: ExploreState
  onChange: (next: Partial<ExploreState>) => void
}) {
  const { t, tag } = useLanguage()
  const labels = useLabels()
  // Users share copied commands, so the user's key is not in them.
  const keyHeader = useSession().session ? ' -H "Authorization: Bearer $KEY"' : ''
  const exportPath = (format: string) =>
    withQuery(`/v1/${resource.name}/export`, {
      ...state.filters,
      sort: state.sort ?? undefined,
      ...(!formatsWithFixedProperties.includes(format) && {
        fields: [...new Set([resource.key, resource.title, ...state.columns])],
      }),
      format,
      lang: tag,
    })
  const toggle = (name: string) => {
    const columns = state.columns.includes(name)
      ? state.columns.filter((column) => column !== name)
      : [...state.columns, name]
    onChange({ columns: columns.length > 0 ? columns : defaultColumns(resource) })
  }
  return (
    <div class="toolbar no-print">
      <details>
        <summary>{t('explore.columns')}</summary>
        <div class="chips">
          {resource.properties.map(({ name }) => (
            <button
              key={name}
              type="button"
              aria-pressed={state.columns.includes(name)}
              onClick={() => toggle(name)}
            >
              {labels.property(name)}
            </button>
          ))}
        </div>
      </details>
      <span class="grow" />
      {resource.formats.map((format) => (
        <FileLink key={format} href={exportPath(format)} name={`${resource.name}.${format}`}>
          {formatNames[format] ?? format.toUpperCase()}
        </FileLink>
      ))}
      <CopyButton
        label={t('explore.curl')}
        getText={() => `curl${keyHeader} '${location.origin}${exportPath('csv')}'`}
      />
      <CopyButton
        label={t('explore.searchJson')}
        isDisabled={!isSearchable(state)}
        getText={() => JSON.stringify(searchRequest(resource, state).body, null, 2)}
      />
    </div>
  )
}
