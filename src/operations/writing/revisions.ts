import type { Author, Authorship } from '../../database/tables/revisions.ts'
import { Problem } from '../../problems/problem.ts'
import type { Actor, ApiRequest, RequestHeader } from '../operation.ts'

/** Most characters of a reason. */
const maxReasonLength = 500

/** The header in which a client says why it changes something. */
export const changeReason: RequestHeader = {
  name: 'Change-Reason',
  presence: 'optional',
  description: `Why the change is made, for the history: up to ${maxReasonLength} characters, in UTF-8.`,
  example: 'The treaty series gives another date.',
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of a header, which Node hands over a character a byte. Bytes that are no UTF-8 are taken as Latin-1. */
function decodeHeader(header: string): string {
  try {
    return utf8.decode(Buffer.from(header, 'latin1')).trim()
  } catch {
    return header.trim()
  }
}

function readReason(header: string | undefined): string | null {
  const reason = decodeHeader(header ?? '')
  const { length } = [...reason]
  if (length <= maxReasonLength) return reason || null
  throw new Problem('malformed-request', 'The header Change-Reason is too long.', {
    errors: [
      {
        header: 'Change-Reason',
        code: 'too_big',
        message: `has ${length} characters; at most ${maxReasonLength} are kept`,
      },
    ],
  })
}

/** Who acts, as histories name them; nobody without a key or a token gets as far. */
const toAuthor = ({ kind, id, name }: Actor): Author => {
  if (kind === 'anonymous') throw new Problem('internal', 'Something is changed by nobody.')
  return { kind, id, name }
}

/** Who asks for a change, and why. @throws Problem `malformed-request` for a reason that is too long. */
export const getAuthorship = ({ actor, requestId, headers }: ApiRequest): Authorship => ({
  actor: toAuthor(actor),
  requestId,
  reason: readReason(headers['change-reason']),
})
