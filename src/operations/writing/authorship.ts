import type { Author, Authorship } from '../../database/tables/revisions.ts'
import { decodeUtf8, findLineFault } from '../../model/characters.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import type { Actor, ApiRequest, RequestHeader } from '../operation.ts'

/** Maximum length of the reason of a change, in characters. */
export const maxReasonLength = 500

/** Contract of `Change-Reason`, which the history stores. */
export const changeReason: RequestHeader = {
  name: 'Change-Reason',
  description: `Why the change is made, for the history: one line of up to ${maxReasonLength} characters, in UTF-8.`,
  example: 'The treaty series gives another date.',
}

/** Decodes a header, which Node.js passes as one character per byte. If it is not valid UTF-8, it is read as Latin-1. */
const decodeHeader = (header: string): string => (decodeUtf8(Buffer.from(header, 'latin1')) ?? header).trim()

function readReason(header: string | undefined): string | null {
  const text = decodeHeader(header ?? '')
  const reason = text.normalize('NFC')
  const { length } = [...reason]
  const errors: Fault[] = []
  const addError = (code: string, message: string, limit?: number) =>
    errors.push({ header: 'Change-Reason', code, message, ...(limit !== undefined && { limit }) })
  const lineFault = findLineFault(text)
  if (lineFault !== undefined) addError('wrong_format', lineFault)
  if (length > maxReasonLength)
    addError('too_big', `has ${length} characters; the limit is ${maxReasonLength}`, maxReasonLength)
  if (errors.length === 0) return reason || null
  const detail = `The header Change-Reason ${errors.map(({ message }) => message).join(', and ')}.`
  throw new Problem('malformed-request', detail, { errors })
}

/** Returns the actor of a revision. The plugin `access` has already refused anonymous writers. */
const toAuthor = ({ kind, id, name }: Actor): Author => {
  if (kind === 'anonymous') throw new Problem('internal', 'A change has no author.')
  return { kind, id, name }
}

/** Returns actor, request id and reason of a change. @throws Problem `malformed-request` for an invalid reason. */
export const getAuthorship = ({ actor, requestId, headers }: ApiRequest): Authorship => ({
  actor: toAuthor(actor),
  requestId,
  reason: readReason(headers['change-reason']),
})
