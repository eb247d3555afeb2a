import type { Author, Authorship } from '../../database/tables/revisions.ts'
import { Problem } from '../../problems/problem.ts'
import type { Actor, ApiRequest, RequestHeader } from '../operation.ts'

/** Maximum length of a reason in characters. */
const maxReasonLength = 500

/** Contract of `Change-Reason`, which the history stores. */
export const changeReason: RequestHeader = {
  name: 'Change-Reason',
  presence: 'optional',
  description: `Why the change is made, for the history: up to ${maxReasonLength} characters, in UTF-8.`,
  example: 'The treaty series gives another date.',
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Decodes a header, which Node.js passes as one character per byte. Bytes that are not UTF-8 are read as Latin-1. */
function decodeHeader(header: string): string {
  try {
    return utf8.decode(Buffer.from(header, 'latin1')).trim()
  } catch {
    return header.trim()
  }
}

function readReason(header: string | undefined): string | null {
  const reason = decodeHeader(header ?? '').normalize('NFC')
  const { length } = [...reason]
  if (length <= maxReasonLength) return reason || null
  throw new Problem('malformed-request', 'The header Change-Reason is too long.', {
    errors: [
      {
        header: 'Change-Reason',
        code: 'too_big',
        message: `has ${length} characters; the limit is ${maxReasonLength}`,
      },
    ],
  })
}

/** Returns the actor of a revision. Authentication has already refused anonymous writers. */
const toAuthor = ({ kind, id, name }: Actor): Author => {
  if (kind === 'anonymous') throw new Problem('internal', 'A change has no author.')
  return { kind, id, name }
}

/** Returns actor, request id and reason of a change. @throws Problem `malformed-request` for a reason that is too long. */
export const getAuthorship = ({ actor, requestId, headers }: ApiRequest): Authorship => ({
  actor: toAuthor(actor),
  requestId,
  reason: readReason(headers['change-reason']),
})
