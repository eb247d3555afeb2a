import { createHash, timingSafeEqual } from 'node:crypto'
import { Problem } from '../problems/problem.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

const challenge = (error?: string) => `Bearer realm="entente"${error ? `, error="${error}"` : ''}`

function refuse(detail: string, error?: string): Problem {
  return new Problem('unauthorized', detail, {
    headers: { 'www-authenticate': challenge(error) },
    errors: [{ header: 'Authorization', code: error ?? 'required', message: detail }],
  })
}

/** Who may do what: keys are compared in constant time, and a wrong key is refused even where none is needed. */
export type Authorize = (authorization: string | undefined, access: 'read' | 'write') => void

/**
 * Makes the check of the `Authorization` header (RFC 6750).
 * @param adminKey the one key there is; undefined refuses every write.
 * @param publicRead whether reading needs no key.
 */
export function authorizeWith(adminKey: string | undefined, publicRead: boolean): Authorize {
  const expected = adminKey === undefined ? undefined : digest(adminKey)
  return (authorization, access) => {
    if (authorization === undefined) {
      if (access === 'read' && publicRead) return
      throw refuse(`A key is needed to ${access}: send Authorization: Bearer <key>.`)
    }
    const [, key] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization) ?? []
    if (key === undefined) throw refuse('The header must be Authorization: Bearer <key>.', 'invalid_request')
    if (!expected || !timingSafeEqual(digest(key), expected)) {
      throw refuse('The key is not known here.', 'invalid_token')
    }
  }
}
