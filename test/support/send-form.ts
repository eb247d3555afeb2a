import type { Api, HttpResponse } from './api.ts'

/** A part of multipart/form-data: field name, content and file name. */
export type FormPart = readonly [field: string, content: string | Uint8Array<ArrayBuffer>, fileName: string]

/** Sends parts as multipart/form-data (RFC 7578), in the order given. */
export async function sendForm(
  api: Api,
  path: string,
  parts: readonly FormPart[],
  headers: Record<string, string> = {},
): Promise<HttpResponse> {
  const form = new FormData()
  for (const [field, content, fileName] of parts) form.append(field, new Blob([content]), fileName)
  const encoded = new Response(form)
  const body = new Uint8Array(await encoded.arrayBuffer())
  return api.request('POST', path, {
    body,
    headers: { 'content-type': encoded.headers.get('content-type') ?? '', ...headers },
  })
}
