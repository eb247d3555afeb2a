import type { Api } from './api.ts'

/** Sends a redaction of a record, whatever its version. @param path the path of the record. */
export const sendRedaction = (api: Api, path: string, body: object) =>
  api.request('POST', `${path}/redact`, {
    body: { reason: 'Asked for.', ...body },
    headers: { 'if-match': '*' },
  })
