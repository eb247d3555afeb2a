import { useState } from 'preact/hooks'
import { Link, useLocation } from 'wouter-preact'
import { isEmbedded } from '../../embed.ts'
import { useLanguage } from '../../i18n/language.ts'
import { changeParameters, useParameters } from '../../use-parameters.ts'
import { aYearAgo } from '../as-of.tsx'
import { FileLink } from '../file-link.tsx'

/** Parameters of a chart that its comparison has, too. */
const compared = ['resource', 'country', 'topic', 'asOf']

/** The comparison of the chart's records at two moments: a year ago, and now or the moment that the chart shows. */
function comparisonPath(parameters: URLSearchParams): string {
  const kept = [...parameters]
    .map(([name, value]): [string, string] => [name === 'partnerOf' ? 'country' : name, value])
    .filter(([name]) => compared.includes(name))
  return `/compare${changeParameters(new URLSearchParams(kept), { before: aYearAgo() })}`
}

/** The data of the view under its own URL. @param name of saved files. */
export function DataLinks({ name = 'data' }: { name?: string }) {
  const { tag } = useLanguage()
  const [path] = useLocation()
  const [parameters] = useParameters()
  const url = (format: string) => `${path}${changeParameters(parameters, { format, lang: tag })}`
  return (
    <>
      <FileLink href={url('csv')} name={`${name}.csv`}>
        CSV
      </FileLink>
      <FileLink href={url('json')} name={`${name}.json`} isShown>
        JSON
      </FileLink>
    </>
  )
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
      <DataLinks />
      {!isEmbedded && (
        <button type="button" onClick={copy}>
          {t(isCopied ? 'explore.copied' : 'chart.embed')}
        </button>
      )}
    </div>
  )
}
