import { Link } from 'wouter-preact'
import type { ApiError, Fault } from '../api/client.ts'
import { ownRecordPath } from '../api/resources.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useTranslate } from '../i18n/sentences.ts'

/** A text of the service, which is in English: in the page's language if that has words for it, otherwise marked as English. */
export function ServiceText({ text }: { text: string }) {
  const { tag } = useLanguage()
  const translated = useTranslate()(text)
  return tag === 'en' ? text : (translated ?? <span lang="en">{text}</span>)
}

/** The position of a row in its file. It is translated for tables (`row 5`), and otherwise shown as the service returns it. */
export function RowPlace({ locator }: { locator: string }) {
  const { t } = useLanguage()
  const [, row] = /^row (\d+)$/.exec(locator) ?? []
  return row === undefined ? <ServiceText text={locator} /> : t('imports.rowNumber', { row })
}

/**
 * Why a request has failed: in the words that the page's language has for this type of problem, or for its HTTP status,
 * otherwise as the service says it. English has none: there the service says it more exactly.
 */
export function Reason({ error: { status, type, message, faults } }: { error: ApiError }) {
  const { t, find } = useLanguage()
  const labels = useLabels()
  if (status === 0) return t('state.offline')
  const names = faults.flatMap(({ parameter, code }) => {
    if (parameter === undefined) return []
    return code === 'unknown' ? parameter : labels.property(parameter)
  })
  const text = find(`problem.${type}`, { names: names.join(', ') }) ?? find(`status.${status}`)
  return text ?? <ServiceText text={message} />
}

/** What a message of the service says of a record: `/v1/agreements/0190… refers to it`. */
const recordInMessage = /^(.*?)\/v1\/([a-z-]+)\/([\w-]+)(.*)$/s

/**
 * What is wrong with one value: the message in the page's language, otherwise what that has for the fault's code, otherwise as
 * the service says it. A record that the message names is a link, unless the text is inside a button.
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
    useTranslate()(message) ??
    (limit === undefined ? undefined : find(`fault.${code}.limit`, { limit: number(limit) })) ??
    find(`fault.${code}`)
  const [, before = '', resource = '', key = '', after = ''] =
    (isLinked && recordInMessage.exec(message)) || []
  if (resource === '') return text ?? <ServiceText text={message} />
  return (
    <>
      {text === undefined ? <ServiceText text={before} /> : `${text} `}
      <Link href={ownRecordPath(resource, key)}>{`${resource}/${key}`}</Link>
      {text === undefined && <ServiceText text={after} />}
    </>
  )
}
