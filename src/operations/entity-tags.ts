import { hash } from 'node:crypto'
import { Problem } from '../problems/problem.ts'
import type { ApiResponse, HeaderContract, RequestHeader } from './operation.ts'

/** Entity tags and preconditions (RFC 9110, sections 8.8.3 and 13). */

/** Returns the entity tag of a record: its version in quotes. */
export const versionTag = (version: number): string => `"${version}"`

const hashBody = (body: string) => hash('sha1', body, 'base64url')

/** Returns the tag of a response that can change without the version of the record, such as one with data of other records. */
export const versionAndBodyTag = (version: number, body: string): string => `"${version}-${hashBody(body)}"`

/** Returns the tag of any other response: a hash of its body. */
export const bodyTag = (body: string): string => `"${hashBody(body)}"`

const tagPattern = /^(W\/)?"([^"]*)"$/
/** An element of a list of tags. A tag may have commas. */
const elementPattern = /(?:"[^"]*"|[^,])+/g

/** Parses a list of tags. Its elements may be empty, but not all of them. @throws Problem `malformed-request`. */
function parseTags(header: string, name: string): { weak: boolean; opaque: string }[] {
  const elements = (header.match(elementPattern) ?? []).map((text) => text.trim()).filter(Boolean)
  return (elements.length > 0 ? elements : ['']).map((text) => {
    const [, weak, opaque] = tagPattern.exec(text) ?? []
    if (opaque === undefined) {
      const subject = text === '' ? 'has no entity tag' : `${text} is not an entity tag`
      const message = `${subject}: send the ETag of the response unchanged, such as "3" with its quotes`
      throw new Problem('malformed-request', `The header ${name} is invalid.`, {
        errors: [{ header: name, code: 'invalid', message }],
      })
    }
    return { weak: weak !== undefined, opaque }
  })
}

/**
 * Whether `If-None-Match` has the tag, by weak comparison: the client's copy is current.
 * @throws Problem `malformed-request` if the header cannot be parsed.
 */
export function matchesIfNoneMatch(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return parseTags(header, 'If-None-Match').some(({ opaque }) => `"${opaque}"` === tag)
}

/** Returns a 200 response whose entity tag is a hash of the body. */
export const taggedResponse = (body: string): ApiResponse => ({
  status: 200,
  headers: { etag: bodyTag(body) },
  body,
})

/** The versions that `If-Match` allows; `*` allows any. */
export type ExpectedVersions = '*' | string[]

/**
 * Returns the versions that `If-Match` allows. The comparison is strong, so weak tags never match.
 * @throws Problem `precondition-required` without the header, `malformed-request` if it cannot be parsed.
 */
export function parseIfMatch(header: string | undefined): ExpectedVersions {
  if (header === undefined) {
    throw new Problem(
      'precondition-required',
      'Send If-Match with the ETag of the version that was read, or * for any version.',
      {
        errors: [
          { header: 'If-Match', code: 'required', message: 'is required to change or remove a record' },
        ],
      },
    )
  }
  if (header.trim() === '*') return '*'
  return (
    parseTags(header, 'If-Match')
      .filter(({ weak }) => !weak)
      // Removes the hash of a `versionAndBodyTag`, and the content encoding, which the response cache appends: `"3-gzip"`.
      .map(({ opaque }) => opaque.split('-')[0] ?? '')
      // Other tags match no version.
      .filter((version) => /^\d+$/.test(version))
  )
}

/** Checks the current version. @throws Problem `stale-version` when `expected` does not have it. */
export function requireVersion(expected: ExpectedVersions, version: number, noun: string): void {
  if (expected === '*' || expected.includes(String(version))) return
  const [basis, advice] =
    expected.length > 0
      ? [
          `the request was based on version ${expected.join(', ')}`,
          'Read it again and apply the change to the current version.',
        ]
      : [
          'the request has no strong ETag of a version',
          `Send the version that was read, in quotes, such as ${versionTag(version)}: proxies that compress make ETags weak.`,
        ]
  throw new Problem('stale-version', `The ${noun} is at version ${version} now; ${basis}. ${advice}`, {
    headers: { etag: versionTag(version) },
  })
}

/** Contract of the `ETag` response header. */
export const etagHeader: HeaderContract = { description: 'Entity tag of the response.', example: '"1"' }

/** Contract of `If-Match`, which changes of an existing record require. */
export const ifMatch: RequestHeader = {
  name: 'If-Match',
  isRequired: true,
  description: 'ETag of the version that was read; `*` for any version.',
  example: '"1"',
}

/** Contract of `If-None-Match`. */
export const ifNoneMatch: RequestHeader = {
  name: 'If-None-Match',
  description: 'Only for reads: ETag of the response that the client has; `304` if it is current.',
  example: '"1"',
}
