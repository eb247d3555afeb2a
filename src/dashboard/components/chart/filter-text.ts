import { presentationParameters } from '../../../view-data.ts'
import { findName } from '../../api/names.ts'
import { findResource } from '../../api/resources.ts'
import { formatAsOf } from '../../dates/format-as-of.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { findAsOfName } from '../../use-parameters.ts'
import { useFilterDescription } from '../filter-description.ts'
import { useNamesOfFilterValues } from '../names-of-filter-values.ts'

/** Parameters that the text omits: the title or the period shows them, or they do not filter records. */
const omittedParameters = [...presentationParameters, 'resource', 'from', 'to', 'lang', 'sort']

/**
 * Returns the filters of a chart as text, so that the chart's numbers are clear without the controls; empty without filters.
 * @param otherParameters further parameters that do not filter records in this chart.
 */
export function useFilterText(parameters: URLSearchParams, otherParameters: readonly string[] = []): string {
  const language = useLanguage()
  const labels = useLabels()
  const { from, to } = Object.fromEntries(parameters)
  const period =
    from === undefined && to === undefined ? [] : [formatEdtf(`${from ?? '..'}/${to ?? '..'}`, language)]
  const asOfName = findAsOfName(parameters)
  const resource = findResource(parameters.get('resource') ?? 'agreements')
  const shown = [...parameters].filter(([name]) => ![...omittedParameters, ...otherParameters].includes(name))
  const names = useNamesOfFilterValues(resource, Object.fromEntries(shown))
  const describe = useFilterDescription(resource, (key) => findName(names, key)?.name)
  const filters = shown.map(([name, value]) =>
    name === asOfName
      ? language.t('value.named', { name: labels.property(name), value: formatAsOf(value, language) })
      : describe(name, value),
  )
  const all = [...period, ...filters]
  return all.length === 0 ? '' : language.t('chart.filters', { filters: all.join(' · ') })
}
