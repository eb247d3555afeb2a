import { Link } from 'wouter-preact'
import type { ApiError, Fault } from '../api/client.ts'
import { recordDetailPath } from '../api/resources.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useTranslator } from '../i18n/sentences.ts'
import { splitAtRecord } from './record-link.ts'

/** An English text of the service: translated to the page's language if possible, otherwise marked as English (`lang`). */
export function ServiceText({ text }: { text: string }) {
  const { tag } = useLanguage()
  const translated = useTranslator()(text)
  return tag === 'en' ? text : (translated ?? <span lang="en">{text}</span>)
}

/** The locator of a row in its file. `row 5` of a table is translated, other locators only if a translation exists. */
export function RowLocator({ locator }: { locator: string }) {
  const { t } = useLanguage()
  const [, row] = /^row (\d+)$/.exec(locator) ?? []
  return row === undefined ? <ServiceText text={locator} /> : t('imports.rowNumber', { row })
}

/**
 * The reason why a request failed: the first of these texts that exists.
 *
 * 1. without a usable response: the dashboard's message for this;
 * 2. the dashboard's message for the problem type;
 * 3. the translated text of the service;
 * 4. the dashboard's message for the HTTP status;
 * 5. the English text of the service.
 *
 * In English, the dashboard has no messages for the problem types and statuses of the service, whose own texts are more exact.
 */
export function FailureReason({ error: { status, type, message, faults } }: { error: ApiError }) {
  const { t, find } = useLanguage()
  const labels = useLabels()
  const translated = useTranslator()(message)
  if (status === 0) return t('state.offline')
  const names = faults.flatMap(({ parameter, code }) => {
    if (parameter === undefined) return []
    // An unknown parameter has no label.
    return code === 'unknown' ? parameter : labels.property(parameter)
  })
  const text =
    find(`problem.${type}`, { names: names.join(t('list.comma')) }) ?? translated ?? find(`status.${status}`)
  return text ?? <ServiceText text={message} />
}

/**
 * The message of a fault: the translated message, otherwise the dashboard's message for its code and limit, otherwise the one for
 * its code, otherwise the English message. A record that the message names is a link in the text, or after a text without it.
 * @param isLinked false if the text is inside a button, which must not contain a link.
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
  const linked = isLinked ? splitAtRecord(message, text) : undefined
  if (!linked) return text ?? <ServiceText text={message} />
  const { before, resource, key, after } = linked
  return (
    <>
      {text === undefined ? <ServiceText text={before} /> : before}
      <Link href={recordDetailPath(resource, key)}>{`${resource}/${key}`}</Link>
      {text === undefined ? <ServiceText text={after} /> : after}
    </>
  )
}
