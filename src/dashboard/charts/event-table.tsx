import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'
import type { TimedEvent } from './event-timeline.tsx'

/** A table of the records of a timeline, including those without a date. @param props `isOpen`: whether it is open at first. */
export function EventTable({
  caption,
  events,
  isOpen,
}: {
  caption: string
  events: readonly TimedEvent[]
  isOpen: boolean
}) {
  const { t } = useLanguage()
  return (
    <details open={isOpen}>
      <summary>{t('state.table')}</summary>
      <table class="dated">
        <caption class="visually-hidden">{caption}</caption>
        <tbody>
          {events.map(({ title, dates, path, marks }) => (
            <tr key={path}>
              <td class="soft">{dates}</td>
              <th scope="row">
                <Link href={path}>{title}</Link>
                {marks}
              </th>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
