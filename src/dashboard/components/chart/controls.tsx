import type { ComponentChildren } from 'preact'
import { defaultResource } from '../../../view-data.ts'
import { combineStates } from '../../api/combine.ts'
import { useDimensionValues } from '../../api/use-dimension-values.ts'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { findAsOfName, useParameters, withoutOwnFilters } from '../../use-parameters.ts'
import { AsOfField } from '../as-of-field.tsx'
import { Failure } from '../widget.tsx'
import { ResourceField } from './resource-field.tsx'
import { SelectField } from './select-field.tsx'

/** The filters of a chart: resource, country, topic, and the date as of which the registry is shown. */
export function ChartControls({
  country,
  allResources = false,
  children,
}: {
  /** The URL parameter of the country, and its label; without it, there is no choice of a country. */
  country?: { parameter: string; label: string }
  /** Whether the chart can show all resources together. */
  allResources?: boolean
  /** Further fields. */
  children?: ComponentChildren
}) {
  const { t } = useLanguage()
  const labels = useLabels()
  const [parameters, change] = useParameters()
  const countries = useDimensionValues('country', country ? parameters.get(country.parameter) : null)
  const topics = useDimensionValues('topic', parameters.get('topic'))
  const asOfName = findAsOfName(parameters)
  const asOf = parameters.get(asOfName) ?? undefined
  const { error, retry } = combineStates([countries, topics])
  const set = (name: string, value: string | undefined, others = {}) =>
    change({ [name]: value, ...others, cursor: undefined, pair: undefined })
  return (
    <div class="chart-controls no-print">
      <ResourceField
        value={parameters.get('resource') ?? (allResources ? '' : defaultResource)}
        {...(allResources && { emptyLabel: t('chart.all') })}
        // Every resource in this list has the parameter `asOf`. The URL may name another resource, such as figures, for which the
        // parameter has another name. The filters of all resources together do not depend on the resource.
        onChange={(value) =>
          set('resource', value, {
            ...(!allResources && withoutOwnFilters(parameters)),
            [asOfName]: undefined,
            asOf,
          })
        }
      />
      {country && (
        <SelectField
          label={country.label}
          value={parameters.get(country.parameter) ?? ''}
          options={countries.body ?? []}
          emptyLabel={t('chart.all')}
          onChange={(value) => set(country.parameter, value)}
        />
      )}
      <SelectField
        label={labels.property('topic')}
        value={parameters.get('topic') ?? ''}
        options={topics.body ?? []}
        emptyLabel={t('chart.all')}
        onChange={(value) => set('topic', value)}
      />
      {children}
      <AsOfField asOf={asOf} onChange={(day) => set(asOfName, day)} />
      {error && <Failure error={error} retry={retry} />}
    </div>
  )
}
