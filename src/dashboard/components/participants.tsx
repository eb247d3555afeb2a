import { Link } from 'wouter-preact'
import { nameIn } from '../api/names.ts'
import type { Names } from '../api/types.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRecordPath } from './as-of-context.ts'

/** A country, organization or region that takes part in a record, with its role. Exactly one of the three is set. */
export interface Participant {
  country: string | null
  organization: string | null
  region: string | null
  role: string
}

/** Whether a value is a participant of a record. */
export const isParticipant = (value: unknown): value is Participant =>
  typeof value === 'object' &&
  value !== null &&
  'role' in value &&
  'country' in value &&
  'organization' in value &&
  'region' in value

const maxShown = 6

/** Participants in one line: at most `maxShown` unless `showsAll` is set, each with its role unless all roles are equal. */
export function Participants({
  participants,
  names,
  showsAll = false,
}: {
  participants: readonly Participant[]
  names: Names
  showsAll?: boolean
}) {
  const labels = useLabels()
  const recordPath = useRecordPath()
  const { t } = useLanguage()
  const hasOneRole = new Set(participants.map(({ role }) => role)).size === 1
  const shown = showsAll ? participants : participants.slice(0, maxShown)
  return (
    <>
      {shown.map(({ country, organization, region, role }, index) => {
        const key = organization ?? country ?? region ?? ''
        const resource = organization ? 'organizations' : country ? 'countries' : 'regions'
        const name = nameIn(names, resource, key)
        return (
          <span key={`${key}${role}`}>
            {index > 0 && t('list.comma')}
            {name === undefined ? key : <Link href={recordPath(resource, key)}>{name}</Link>}
            {!hasOneRole && (
              <span class="soft small">{t('list.bracketed', { text: labels.word(role) })}</span>
            )}
          </span>
        )
      })}
      {participants.length > shown.length && ` +${participants.length - shown.length}`}
    </>
  )
}
