import { expect } from 'vitest'
import type { Api } from './api.ts'

/** Creates a record. @returns its path. */
export async function createAt(api: Api, resource: string, document: object, headers = {}): Promise<string> {
  const response = await api.post(`/v1/${resource}`, document, { headers })
  expect(response.status, response.text).toBe(201)
  return `/v1/${resource}/${response.json<{ id: string }>().id}`
}

/** Sends a redaction of a record, whatever its version. @param path the path of the record. */
export const sendRedaction = (api: Api, path: string, body: object) =>
  api.request('POST', `${path}/redact`, {
    body: { reason: 'Asked for.', ...body },
    headers: { 'if-match': '*' },
  })
