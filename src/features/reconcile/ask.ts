import type { AskApi } from '../../operations/ask-api.ts'

/** The API refused a request. The client gets the same response. */
export class PassedOn extends Error {
  readonly status: number
  readonly text: string

  constructor(status: number, text: string) {
    super('the API refused the request')
    this.status = status
    this.text = text
  }
}

/**
 * Asks the API for JSON.
 * @throws PassedOn for any other status than 200.
 */
export async function askJson<Form>(api: AskApi, path: string, body?: unknown): Promise<Form> {
  const { status, text } = await api(path, body)
  if (status !== 200) throw new PassedOn(status, text)
  // Tests check every response of the API against the OpenAPI document.
  return JSON.parse(text) as Form
}
