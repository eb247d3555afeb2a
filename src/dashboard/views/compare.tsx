import { Redirect, useLocation } from 'wouter-preact'
import {
  apiRecordPath,
  defaultResource,
  dimensionsToCompare,
  findYearDimension,
  followMerges,
  maxColumns,
  readComparison,
} from '../../view-data.ts'
import { combineStates } from '../api/combine.ts'
import { withQuery } from '../api/path.ts'
import { findResource, type ResourceDescription } from '../api/resources.ts'
import type { CountryBriefing } from '../api/types.ts'
import { type Option, useDimensionValues } from '../api/use-dimension-values.ts'
import type { ApiState } from '../api/use-read.ts'
import { AsOfField, yearBefore } from '../components/as-of-field.tsx'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { useFilterText } from '../components/chart/filter-text.ts'
import { ResourceField } from '../components/chart/resource-field.tsx'
import { SelectField } from '../components/chart/select-field.tsx'
import { ChangedRecords } from '../components/compare/changed-records.tsx'
import { type Column, useColumnData } from '../components/compare/columns.ts'
import { ComparedFigures } from '../components/compare/compared-figures.tsx'
import { ComparedGroups } from '../components/compare/compared-groups.tsx'
import { useCountryMeanings } from '../components/compare/use-country-meanings.ts'
import { NotFound } from '../components/not-found.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { Failure } from '../components/widget.tsx'
import { formatAsOf } from '../dates/format-as-of.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { changeParameters, useParameters, withoutOwnFilters } from '../use-parameters.ts'

/** A comparison of two to four countries, or of the same records at two dates. */
export default function CompareView() {
  const language = useLanguage()
  const { t, resourceLabel } = language
  const [parameters] = useParameters()
  const countries = useDimensionValues('country', parameters.get('country'))
  const compared = readComparison(parameters)
  const resource = findResource(compared.resource)
  const codes = compared.countries
  const isOverTime = parameters.has('before')
  const labelOf = (code: string) => countries.body?.find(({ value }) => value === code)?.label ?? code
  const filterText = useFilterText(new URLSearchParams({ ...compared.filters, resource: compared.resource }))
  if (!resource) return <NotFound />
  const columns = compared.columns.map((column, index): Column => {
    const { country = '', asOf } = column
    const time = asOf === undefined ? t('compare.now') : formatAsOf(asOf, language)
    const label = isOverTime ? time : labelOf(country)
    return { ...column, key: String(index), label }
  })
  const subject = [
    ...(codes.length > 0 ? [codes.map(labelOf).join(t('list.comma'))] : []),
    resourceLabel(resource.name),
  ].join(' · ')
  // The title of a comparison of two dates has codes until the names are loaded. With the names, it may have another number of
  // lines.
  const isNamed =
    !isOverTime || codes.length === 0 || countries.body !== undefined || countries.error !== undefined
  return (
    <div class={isNamed ? '' : 'unseen'}>
      <PageHead
        title={isOverTime ? t('compare.datesTitle', { subject }) : t('compare.title')}
        actions={columns.length > 1 && <DataLinks />}
      >
        <p>
          {t('compare.lead')} {filterText}
        </p>
        <PrintedAsOf asOf={parameters.get('asOf') ?? undefined} />
      </PageHead>
      <div class="stack">
        <Controls codes={codes} countries={countries} />
        {!isOverTime && codes.length > maxColumns && (
          <p role="status">
            {t('compare.tooManyCountries', {
              max: maxColumns,
              names: codes.slice(maxColumns).map(labelOf).join(t('list.comma')),
            })}
          </p>
        )}
        {columns.length < 2 ? (
          <p class="empty">{t('compare.choose')}</p>
        ) : (
          <Comparison
            resource={resource}
            codes={codes}
            filters={compared.filters}
            columns={columns}
            isOverTime={isOverTime}
          />
        )}
      </div>
    </div>
  )
}

function Comparison({
  resource,
  codes,
  filters,
  columns,
  isOverTime,
}: {
  resource: ResourceDescription
  /** The codes of the countries in the URL. */
  codes: readonly string[]
  filters: Record<string, string>
  columns: readonly Column[]
  isOverTime: boolean
}) {
  const [path] = useLocation()
  const [parameters] = useParameters()
  const year = findYearDimension(resource)
  const countryColumns = columns.flatMap(({ country, ...column }) =>
    country ? [{ ...column, country }] : [],
  )
  const briefings = useColumnData<CountryBriefing>(
    countryColumns.map(({ country, asOf }) =>
      withQuery(`${apiRecordPath('countries', country)}/briefing`, { asOf }),
    ),
  )
  // If a country was merged into another one, the API returns the briefing of the other one, except as of a time before that. If a
  // comparison of two dates has several countries, its columns have none, so no briefing shows whether a country was merged.
  const meanings = useCountryMeanings({ countries: countryColumns.length === 0 ? codes : [], columns })
  const country = followMerges({ countries: codes, columns }, [
    ...meanings,
    ...countryColumns.map(
      ({ country: code }, index) => [code, briefings.body?.[index]?.country.code ?? code] as const,
    ),
  ]).join()
  if (country !== codes.join())
    return <Redirect to={`${path}${changeParameters(parameters, { country })}`} replace />
  // Countries that are not in the registry have no briefing.
  const indexesWithoutCountry = (briefings.body ?? []).flatMap((briefing, index) => (briefing ? [] : [index]))
  const [first, last] = [columns[0], columns.at(-1)]
  const groups = { resource, filters, columns, indexesWithoutCountry, showsDifference: isOverTime }
  const groupWidgets = (
    <div class="grid comparisons">
      {dimensionsToCompare(resource).map((dimension) => (
        <ComparedGroups key={dimension} dimension={dimension} isYear={dimension === year} {...groups} />
      ))}
    </div>
  )
  return (
    <>
      {countryColumns.length > 0 && (
        <ComparedFigures columns={countryColumns} state={briefings} showsDifference={isOverTime} />
      )}
      {isOverTime ? (
        <ChangedRecords
          resource={resource}
          filters={{ ...filters, ...(first?.country && { country: first.country }) }}
          times={[first?.asOf, last?.asOf]}
          below={groupWidgets}
        />
      ) : (
        groupWidgets
      )}
    </>
  )
}

/** The controls that select the countries or the two dates, and the records to compare. */
function Controls({ codes, countries }: { codes: readonly string[]; countries: ApiState<Option[]> }) {
  const { t, resourceLabel } = useLanguage()
  const labels = useLabels()
  const [parameters, change] = useParameters()
  const isOverTime = parameters.has('before')
  const topics = useDimensionValues('topic', parameters.get('topic'))
  const { error, retry } = combineStates([countries, topics])
  // A comparison of two dates has one field for countries. All its countries are one value of this field.
  const chosen = isOverTime ? [codes.join(',')] : codes
  const setCountry = (index: number, code: string) => {
    const next = [...chosen]
    next[index] = code
    change({ country: next.filter((one) => one !== '').join(',') })
  }
  const selectCount = isOverTime ? 1 : Math.min(maxColumns, Math.max(2, codes.length + 1))
  return (
    <div class="chart-controls no-print">
      <SelectField
        label={t('compare.what')}
        value={isOverTime ? 'dates' : 'countries'}
        options={[
          { value: 'countries', label: resourceLabel('countries') },
          { value: 'dates', label: t('compare.dates') },
        ]}
        onChange={(what) =>
          change(
            what === 'dates'
              ? { before: yearBefore(parameters.get('asOf') ?? undefined), country: codes[0] }
              : { before: undefined, asOf: undefined },
          )
        }
      />
      <ResourceField
        value={parameters.get('resource') ?? defaultResource}
        onChange={(resource) => change({ ...withoutOwnFilters(parameters), resource })}
      />
      {Array.from({ length: selectCount }, (_, index) => (
        <SelectField
          key={index}
          label={isOverTime ? t('chart.country') : t('compare.country', { place: index + 1 })}
          value={chosen[index] ?? ''}
          options={countries.body ?? []}
          emptyLabel={isOverTime ? t('chart.all') : '–'}
          onChange={(code) => setCountry(index, code)}
        />
      ))}
      <SelectField
        label={labels.property('topic')}
        value={parameters.get('topic') ?? ''}
        options={topics.body ?? []}
        emptyLabel={t('chart.all')}
        onChange={(topic) => change({ topic })}
      />
      {isOverTime && (
        <AsOfField
          label={t('compare.before')}
          asOf={parameters.get('before') ?? undefined}
          onChange={(before) => change({ before: before ?? yearBefore() })}
        />
      )}
      <AsOfField
        label={t(isOverTime ? 'record.after' : 'country.asOf')}
        asOf={parameters.get('asOf') ?? undefined}
        onChange={(asOf) => change({ asOf })}
      />
      {error && <Failure error={error} retry={retry} />}
    </div>
  )
}
