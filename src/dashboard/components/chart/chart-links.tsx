import { useState } from 'preact/hooks'
import { Link, useLocation } from 'wouter-preact'
import { isEmbedded } from '../../embed.ts'
import { useLanguage } from '../../i18n/language.ts'
import { changeParameters, useParameters } from '../../use-parameters.ts'
import { aYearAgo } from '../as-of.tsx'

/** Parameters of a chart that its comparison has, too. */
const compared = ['resource', 'country', 'topic', 'asOf']

/** The comparison of the chart's records at two moments: a year ago, and now or the moment that the chart shows. */
function comparisonPath(parameters: URLSearchParams): string {
  const kept = [...parameters]
    .map(([name, value]): [string, string] => [name === 'partnerOf' ? 'country' : name, value])
    .filter(([name]) => compared.includes(name))
  return `/compare${changeParameters(new URLSearchParams(kept), { before: aYearAgo() })}`
}

/** The data of the chart under its own URL, the HTML that shows it in another page, and its records at two moments. */
export function ChartLinks({ hasMoments = false }: { hasMoments?: boolean }) {
  const { t, tag } = useLanguage()
  const [path] = useLocation()
  const [parameters] = useParameters()
  const [isCopied, setCopied] = useState(false)
  const url = (changes: Record<string, string>) => `${path}${changeParameters(parameters, changes)}`
  const copy = () => {
    const src = `${location.origin}${url({ embed: '1', lang: tag })}`.replaceAll('&', '&amp;')
    const html = `<iframe src="${src}" width="100%" height="720" title="${document.title}"></iframe>`
    navigator.clipboard.writeText(html).then(() => setCopied(true))
  }
  return (
    <div class="toolbar no-print">
      {hasMoments && (
        <Link class="button" href={comparisonPath(parameters)}>
          {t('compare.twoMoments')}
        </Link>
      )}
      <a class="button" href={url({ format: 'csv', lang: tag })} download>
        CSV
      </a>
      <a class="button" href={url({ format: 'json', lang: tag })}>
        JSON
      </a>
      {!isEmbedded && (
        <button type="button" onClick={copy}>
          {t(isCopied ? 'explore.copied' : 'chart.embed')}
        </button>
      )}
    </div>
  )
}
