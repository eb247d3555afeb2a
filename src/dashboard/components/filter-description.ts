import { splitValues } from '../../view-data.ts'
import type { ResourceDescription } from '../api/resources.ts'
import { isEdtf } from '../dates/describe-edtf.ts'
import { formatAsOf } from '../dates/format-as-of.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { keyOfValue } from './names-of-filter-values.ts'

/** Filters that take a date and are not properties. */
const dateFilters = ['happenedIn', 'inForceOn']

/**
 * Returns a function that describes a filter, such as "Country: Pakistan". Dates, the time of `asOf` and words of enumerations
 * are shown in the page's language, and keys of records as names. Other values, such as the words of `q`, stay as they are.
 * @param resource the resource whose list has the filters.
 * @param nameOf returns the name of the record with a key; undefined if it is not known.
 */
export function useFilterDescription(
  resource: ResourceDescription | undefined,
  nameOf: (key: string) => string | undefined,
): (parameter: string, text: string) => string {
  const language = useLanguage()
  const { t } = language
  const labels = useLabels()
  const describe = (parameter: string, text: string): string => {
    if (parameter.endsWith('[isNull]')) return t(text === 'true' ? 'value.unknown' : 'value.known')
    if (parameter === (resource?.asOfName ?? 'asOf')) return formatAsOf(text, language)
    const [filter = ''] = parameter.split('[')
    if (filter === 'q' || parameter.endsWith('[contains]')) return text
    const kind = resource?.properties.find(({ name }) => name === filter)?.kind
    if ((kind === 'date' || dateFilters.includes(filter)) && isEdtf(text)) return formatEdtf(text, language)
    const isWord = kind === 'enumeration' || filter === 'role' || parameter.endsWith('[noneAs]')
    const describeOne = (value: string): string => {
      if (value === 'unknown' && /\[(year|decade|month)\]$/.test(parameter)) return t('value.unknown')
      const key = keyOfValue(value)
      const name = nameOf(key)
      if (name === undefined) return isWord ? labels.word(value) : value
      return value === key ? name : `${name} (${labels.word(value.slice(key.length + 1))})`
    }
    return splitValues(parameter, text).map(describeOne).join(t('list.comma'))
  }
  return (parameter, text) =>
    t('value.named', {
      name: labels.property(parameter.replace('[isNull]', '')),
      value: describe(parameter, text),
    })
}
