import { presentationParameters, splitValues } from '../../../view-data.ts'
import { useOptions } from '../../api/use-options.ts'
import { isEdtf } from '../../dates/describe-edtf.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { findAsOfName } from '../../use-parameters.ts'

/** Parameters that the text omits: the title or the period shows them, or they do not filter records. */
const omittedParameters = [...presentationParameters, 'resource', 'from', 'to', 'lang', 'sort']

/**
 * Returns the filters of a chart as a sentence, so that its numbers are clear without the controls. Empty if unfiltered.
 * @param otherParameters further parameters that are no filters of records in this chart.
 */
export function useFilterText(parameters: URLSearchParams, otherParameters: readonly string[] = []): string {
  const language = useLanguage()
  const labels = useLabels()
  const names = new Map(
    [...(useOptions('country').body ?? []), ...(useOptions('topic').body ?? [])].map(({ value, label }) => [
      value,
      label,
    ]),
  )
  const { from, to } = Object.fromEntries(parameters)
  const period =
    from === undefined && to === undefined ? [] : [formatEdtf(`${from ?? '..'}/${to ?? '..'}`, language)]
  const asOfName = findAsOfName(parameters)
  const describe = (name: string, value: string): string => {
    if (name === asOfName) return language.dateTime(value)
    if (['happenedIn', 'asOf'].includes(name) && isEdtf(value)) return formatEdtf(value, language)
    return splitValues(name, value)
      .map((one) => names.get(one) ?? labels.word(one))
      .join(', ')
  }
  const filters = [...parameters]
    .filter(([name]) => ![...omittedParameters, ...otherParameters].includes(name))
    .map(([name, value]) =>
      language.t('filter.is', { name: labels.property(name), value: describe(name, value) }),
    )
  const all = [...period, ...filters]
  return all.length === 0 ? '' : language.t('chart.filters', { filters: all.join(' · ') })
}
