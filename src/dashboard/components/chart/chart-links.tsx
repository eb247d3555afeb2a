import { Link, useLocation } from 'wouter-preact'
import { chartSelection, fixedViewParameters } from '../../../view-data.ts'
import { viewPaths } from '../../../view-paths.ts'
import { withQuery } from '../../api/path.ts'
import { isEmbedded } from '../../embed.ts'
import { useLanguage } from '../../i18n/language.ts'
import { changeParameters, findAsOfName, useParameters } from '../../use-parameters.ts'
import { yearBefore } from '../as-of-field.tsx'
import { CopyButton } from '../copy-button.tsx'
import { FileLink } from '../file-link.tsx'

/**
 * Returns the path of the view that compares the records of the chart with those of a year before. All filters are kept; the
 * country of `partnerOf` becomes the compared country, unless another country is selected. Returns undefined if the records are
 * filtered by their own property `asOf`, since the `asOf` of a comparison is the time as of which the registry is shown.
 */
function comparisonPath(parameters: URLSearchParams): string | undefined {
  const asOfName = findAsOfName(parameters)
  if (asOfName !== 'asOf' && parameters.has('asOf')) return undefined
  const { resource, filters } = chartSelection(parameters)
  const { sort: _, [asOfName]: asOf, partnerOf, country = partnerOf, ...others } = filters
  return withQuery(viewPaths.compare, {
    resource,
    ...others,
    country,
    partnerOf: country === partnerOf ? undefined : partnerOf,
    before: yearBefore(asOf),
    asOf,
  })
}

/**
 * Links to the data of the view, at the URL of the view with `format`. The data would refuse other parameters than those of the view.
 * @param props `view`: the name of a view with a fixed selection of records; `name`: base name of saved files, by default the name of
 * the view, such as `map`.
 */
export function DataLinks({ view = '', name: givenName }: { view?: string; name?: string }) {
  const { tag } = useLanguage()
  const [path] = useLocation()
  const [all] = useParameters()
  const own = fixedViewParameters[view]
  const isKept = (name: string) => own === undefined || [...own, 'embed'].includes(name.replace(/\[\]$/, ''))
  const parameters = new URLSearchParams([...all].filter(([name]) => isKept(name)))
  const name = givenName ?? (path.slice(1) || 'overview')
  const url = (format: string) => `${path}${changeParameters(parameters, { format, lang: tag })}`
  return (
    <>
      <FileLink href={url('csv')} name={`${name}.csv`}>
        CSV
      </FileLink>
      <FileLink href={url('json')} name={`${name}.json`} opensInBrowser>
        JSON
      </FileLink>
    </>
  )
}

/** Escapes a text for an HTML attribute in double quotes. */
const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/** Links to the data of a chart and to the comparison with a year before, and a button that copies HTML to embed the chart. */
export function ChartLinks({ hasComparison = false }: { hasComparison?: boolean }) {
  const { t, tag } = useLanguage()
  const [path] = useLocation()
  const [parameters] = useParameters()
  const comparison = hasComparison ? comparisonPath(parameters) : undefined
  const url = (changes: Record<string, string>) => `${path}${changeParameters(parameters, changes)}`
  const frameHtml = () => {
    const src = escapeAttribute(`${location.origin}${url({ embed: '1', lang: tag })}`)
    return `<iframe src="${src}" width="100%" height="720" title="${escapeAttribute(document.title)}"></iframe>`
  }
  return (
    <>
      {comparison !== undefined && (
        <Link class="button" href={comparison}>
          {t('compare.yearAgo')}
        </Link>
      )}
      <DataLinks />
      {!isEmbedded && <CopyButton label={t('chart.embed')} getText={frameHtml} />}
    </>
  )
}
