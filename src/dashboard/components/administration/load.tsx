import { useCallback, useEffect, useState } from 'preact/hooks'
import { type ApiError, sendRequest, toApiError } from '../../api/client.ts'
import { useLanguage } from '../../i18n/language.ts'
import { FailureReason } from '../service-text.tsx'
import { Widget } from '../widget.tsx'
import { type Metrics, parseMetrics, total } from './metrics.ts'

const refreshMs = 5000

/** The health and metrics of the service at one time. */
interface Report {
  timeMs: number
  /** The status of a ready service, `ok` or `read_only`; an error if the service is not ready. */
  readiness: string | ApiError
  metrics?: Metrics
  /** The error, if the metrics could not be read. */
  failure?: ApiError
}

async function readReadiness(): Promise<string | ApiError> {
  try {
    const response = await sendRequest('/readyz', {})
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'status' in body ? String(body.status) : ''
  } catch (error) {
    return toApiError(error)
  }
}

async function readReport(): Promise<Report> {
  const readiness = await readReadiness()
  const timeMs = Date.now()
  try {
    const response = await sendRequest('/metrics', {})
    return { timeMs, readiness, metrics: parseMetrics(await response.text()) }
  } catch (error) {
    return { timeMs, readiness, failure: toApiError(error) }
  }
}

const requestCountMetric = 'entente_http_request_duration_seconds_count'

/** Returns the rows of the table: the message key of each label, and the value in the unit that the label names. */
function tableRows(metrics: Metrics, before: Report | undefined, timeMs: number) {
  const answered = total(metrics, requestCountMetric)
  const earlier = before?.metrics && total(before.metrics, requestCountMetric)
  const seconds = before ? (timeMs - before.timeMs) / 1000 : 0
  // A number smaller than before comes from a process that has restarted, or from another process.
  const perSecond =
    answered !== undefined && earlier !== undefined && answered >= earlier && seconds > 0
      ? (answered - earlier) / seconds
      : undefined
  const withStatus = (digit: string) =>
    total(metrics, requestCountMetric, ({ status = '' }) => status.startsWith(digit))
  const mebibytes = (name: string) => {
    const bytes = total(metrics, name)
    return bytes === undefined ? undefined : bytes / 2 ** 20
  }
  const lag = total(metrics, 'nodejs_eventloop_lag_p99_seconds')
  return [
    ['load.perSecond', perSecond],
    ['load.inFlight', total(metrics, 'entente_http_requests_in_flight')],
    ['load.answered', answered],
    ['load.clientErrors', withStatus('4')],
    ['load.serverErrors', withStatus('5')],
    ['load.shed', total(metrics, 'entente_requests_shed_total')],
    ['load.overShare', total(metrics, 'entente_requests_over_share_total')],
    ['load.slow', total(metrics, 'entente_slow_statements_total')],
    ['load.timeouts', total(metrics, 'entente_statement_timeouts_total')],
    ['load.connections', total(metrics, 'entente_connections')],
    ['load.pool', total(metrics, 'entente_pool_connections')],
    ['load.poolMax', total(metrics, 'entente_pool_connections_max')],
    ['load.cache', mebibytes('entente_cache_bytes')],
    ['load.memory', mebibytes('process_resident_memory_bytes')],
    ['load.lag', lag === undefined ? undefined : lag * 1000],
  ] as const
}

/** The readiness of the service, and the load of one process: the one that answers the request for the metrics. */
export function Load() {
  const { t, tOr, number, dateTime } = useLanguage()
  const [reports, setReports] = useState<{ last?: Report; before?: Report | undefined }>({})
  const [isRepeating, setRepeating] = useState(false)
  const refresh = useCallback(async () => {
    const next = await readReport()
    setReports(({ last }) => ({ last: next, before: last }))
  }, [])
  useEffect(() => {
    void refresh()
  }, [])
  useEffect(() => {
    if (!isRepeating) return
    const timer = setInterval(() => void refresh(), refreshMs)
    return () => clearInterval(timer)
  }, [isRepeating])
  const { last, before } = reports
  return (
    <Widget title={t('load.title')} caption={t('load.caption')}>
      <div class="toolbar">
        <button type="button" onClick={() => void refresh()}>
          {t('load.refresh')}
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={isRepeating}
            onChange={(event) => setRepeating(event.currentTarget.checked)}
          />
          {t('load.repeat')}
        </label>
        <span class="soft small">{last && dateTime(new Date(last.timeMs).toISOString())}</span>
      </div>
      {last && (
        <p>
          {t('load.readiness')}{' '}
          <strong>
            {typeof last.readiness === 'string' ? (
              tOr(`load.readiness.${last.readiness}`, last.readiness)
            ) : (
              <FailureReason error={last.readiness} />
            )}
          </strong>
        </p>
      )}
      {last?.failure && (
        <p class="fault">
          {t('load.noMetrics')}
          <FailureReason error={last.failure} />
        </p>
      )}
      {last?.metrics && (
        <table>
          <caption class="visually-hidden">{t('load.title')}</caption>
          <tbody>
            {tableRows(last.metrics, before, last.timeMs).map(([key, value]) => (
              <tr key={key}>
                <th scope="row">{t(key)}</th>
                <td class="number">{value === undefined ? '–' : number(Math.round(value * 10) / 10)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Widget>
  )
}
