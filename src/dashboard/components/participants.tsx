import { Link } from 'wouter-preact'
import { findName } from '../api/names.ts'
import { recordPath } from '../api/resources.ts'
import type { Names } from '../api/types.ts'
import { useLabels } from '../i18n/labels.ts'

/** A country, organization or region that takes part, in a role. */
export interface Participant {
  country: string | null
  organization: string | null
  region: string | null
  role: string
}

export const isParticipant = (value: unknown): value is Participant =>
  typeof value === 'object' &&
  value !== null &&
  'role' in value &&
  'country' in value &&
  'organization' in value

const maxShown = 6

/** The first participants in one line, each with its role unless all have the same. */
export function Participants({
  participants,
  names,
  isWhole = false,
}: {
  participants: readonly Participant[]
  names: Names
  /** Whether all are shown. */
  isWhole?: boolean
}) {
  const labels = useLabels()
  const hasOneRole = new Set(participants.map(({ role }) => role)).size === 1
  const shown = isWhole ? participants : participants.slice(0, maxShown)
  return (
    <>
      {shown.map(({ country, organization, region, role }, index) => {
        const key = organization ?? country ?? region ?? ''
        const named = findName(names, key)
        return (
          <span key={`${key}${role}`}>
            {index > 0 && ', '}
            {named ? <Link href={recordPath(named.resource, key)}>{named.name}</Link> : key}
            {!hasOneRole && <span class="soft small"> ({labels.word(role)})</span>}
          </span>
        )
      })}
      {participants.length > shown.length && ` +${participants.length - shown.length}`}
    </>
  )
}
