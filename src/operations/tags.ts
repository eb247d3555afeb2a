import { hash as digest } from 'node:crypto'
import { Problem } from '../problems/problem.ts'
import type { ApiResponse, HeaderContract, RequestHeader } from './operation.ts'

/** Entity tags and preconditions (RFC 9110, sections 8.8.3 and 13). */

/** The tag of a record is its version. */
export const versionTag = (version: number): string => `"${version}"`

const hash = (body: string) => digest('sha1', body, 'base64url')

/** The tag of a record with others included: its version, and the whole body, since those change by themselves. */
export const includedTag = (version: number, body: string): string => `"${version}-${hash(body)}"`

/** The tag of a list. */
export const bodyTag = (body: string): string => `"${hash(body)}"`

const tagForm = /^(W\/)?"([^"]*)"$/

function tagsIn(header: string, name: string): { weak: boolean; opaque: string }[] {
  return header.split(',').map((text) => {
    const [, weak, opaque] = tagForm.exec(text.trim()) ?? []
    if (opaque === undefined) {
      const message = `${text.trim() || 'nothing'} is not an entity tag: send the ETag as it was answered, such as "3" with its quotes`
      throw new Problem('malformed-request', `The header ${name} cannot be read.`, {
        errors: [{ header: name, code: 'invalid', message }],
      })
    }
    return { weak: weak !== undefined, opaque }
  })
}

/** Whether the client has this representation already, by `If-None-Match` (weak comparison). */
export function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return tagsIn(header, 'If-None-Match').some(({ opaque }) => `"${opaque}"` === tag)
}

/** The answer of a body whose tag is its own. */
export const taggedAnswer = (body: string): ApiResponse => ({
  status: 200,
  headers: { etag: bodyTag(body) },
  body,
})

/** Any version, or one of these. */
export type Expected = '*' | string[]

/**
 * The versions that a change is meant for, by `If-Match` (strong comparison, so weak tags never match).
 * @throws Problem `precondition-required` without the header.
 */
export function expectedVersions(header: string | undefined): Expected {
  if (header === undefined) {
    throw new Problem(
      'precondition-required',
      'Send If-Match with the ETag of the version that you have read, or * to insist.',
      {
        errors: [
          { header: 'If-Match', code: 'required', message: 'is required to change or remove a record' },
        ],
      },
    )
  }
  if (header.trim() === '*') return '*'
  return tagsIn(header, 'If-Match')
    .filter(({ weak }) => !weak)
    .map(({ opaque }) => opaque.split('-')[0] ?? '')
}

/** @throws Problem `stale-version` when the current version is none of the expected. */
export function requireVersion(expected: Expected, version: number, noun: string): void {
  if (expected === '*' || expected.includes(String(version))) return
  const seen = expected.length > 0 ? expected.join(', ') : 'none that can be compared'
  throw new Problem(
    'stale-version',
    `The ${noun} is at version ${version} now; the request was meant for ${seen}. Read it again and apply the change to that.`,
    { headers: { etag: versionTag(version) } },
  )
}

export const etagHeader: HeaderContract = { description: 'Entity tag of the answer.', example: '"1"' }

export const ifMatch: RequestHeader = {
  name: 'If-Match',
  presence: 'required',
  description: 'ETag of the version that was read; `*` insists.',
  example: '"1"',
}

export const ifNoneMatch: RequestHeader = {
  name: 'If-None-Match',
  presence: 'optional',
  description: 'ETag of the representation that the client has.',
  example: '"1"',
}
