import { defaultResource, presentationParameters } from '../../../view-data.ts'
import { findName } from '../../api/names.ts'
import { findResource } from '../../api/resources.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLanguage } from '../../i18n/language.ts'
import { useFilterDescription } from '../filter-description.ts'
import { useNamesOfFilterValues } from '../names-of-filter-values.ts'

/**
 * Parameters that are not listed as filters: headings show them (the resource), the text shows them in its own way (period,
 * undated), or they do not filter records.
 */
const unlistedParameters = [...presentationParameters, 'resource', 'from', 'to', 'undated', 'lang', 'sort']

/**
 * Returns the filters of a chart as text, so that the chart's numbers are clear without the controls; empty without filters.
 * @param otherParameters further parameters that do not filter records in this chart.
 */
export function useFilterText(parameters: URLSearchParams, otherParameters: readonly string[] = []): string {
  const language = useLanguage()
  const { from, to } = Object.fromEntries(parameters)
  const period =
    from === undefined && to === undefined ? [] : [formatEdtf(`${from ?? '..'}/${to ?? '..'}`, language)]
  // The filters of a network are those that all of its resources have, so the first resource describes them.
  const [resourceName = ''] = (parameters.get('resource') ?? defaultResource).split(',')
  const resource = findResource(resourceName)
  const shown = [...parameters].filter(
    ([name]) => ![...unlistedParameters, ...otherParameters].includes(name),
  )
  const names = useNamesOfFilterValues(resource, Object.fromEntries(shown))
  const describe = useFilterDescription(resource, (key) => findName(names, key)?.name)
  const undated = parameters.get('undated') === 'include' ? [language.t('chart.withUndated')] : []
  const all = [...period, ...undated, ...shown.map(([name, value]) => describe(name, value))]
  return all.length === 0 ? '' : language.t('chart.filters', { filters: all.join(' · ') })
}
