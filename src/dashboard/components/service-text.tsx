import { Link } from 'wouter-preact'
import type { ApiError, Fault } from '../api/client.ts'
import { recordDetailPath } from '../api/resources.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useTranslator } from '../i18n/sentences.ts'

/** An English text of the service: translated to the page's language if possible, otherwise marked as English (`lang`). */
export function ServiceText({ text }: { text: string }) {
  const { tag } = useLanguage()
  const translated = useTranslator()(text)
  return tag === 'en' ? text : (translated ?? <span lang="en">{text}</span>)
}

/** The position of a row in its file. `row 5` of a table is translated, other positions only if a translation exists. */
export function RowPlace({ locator }: { locator: string }) {
  const { t } = useLanguage()
  const [, row] = /^row (\d+)$/.exec(locator) ?? []
  return row === undefined ? <ServiceText text={locator} /> : t('imports.rowNumber', { row })
}

/**
 * The reason why a request failed. Without a usable response, it is a message of the dashboard; otherwise the first that exists
 * of the dashboard's message for the problem type, the translated text of the service, the dashboard's message for the HTTP
 * status, and the English text of the service. In English, the dashboard has no messages for the problem types and statuses of
 * the service, whose own texts are more exact.
 */
export function FailureReason({ error: { status, type, message, faults } }: { error: ApiError }) {
  const { t, find } = useLanguage()
  const labels = useLabels()
  const translated = useTranslator()(message)
  if (status === 0) return t('state.offline')
  const names = faults.flatMap(({ parameter, code }) => {
    if (parameter === undefined) return []
    return code === 'unknown' ? parameter : labels.property(parameter)
  })
  const text =
    find(`problem.${type}`, { names: names.join(t('list.comma')) }) ?? translated ?? find(`status.${status}`)
  return text ?? <ServiceText text={message} />
}

/** A message of the service that contains the path of a record: `/v1/agreements/0190… refers to it`. */
const recordInMessage = /^(.*?)\/v1\/([a-z-]+)\/([\w-]+)(.*)$/s

/**
 * The message of a fault: translated to the page's language, otherwise this language's message for the code of the fault,
 * otherwise in English. A record that the message names becomes a link, unless the text is inside a button.
 */
export function FaultText({
  fault: { code, message, limit },
  isLinked = true,
}: {
  fault: Fault
  isLinked?: boolean
}) {
  const { find, number } = useLanguage()
  const text =
    useTranslator()(message) ??
    (limit === undefined ? undefined : find(`fault.${code}.limit`, { limit: number(limit) })) ??
    find(`fault.${code}`)
  const [, before = '', resource = '', key = '', after = ''] =
    (isLinked && recordInMessage.exec(message)) || []
  if (resource === '') return text ?? <ServiceText text={message} />
  return (
    <>
      {text === undefined ? <ServiceText text={before} /> : `${text} `}
      <Link href={recordDetailPath(resource, key)}>{`${resource}/${key}`}</Link>
      {text === undefined && <ServiceText text={after} />}
    </>
  )
}
