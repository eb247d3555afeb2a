import { expect } from 'vitest'
import type { Api } from './api.ts'
import { adminKey } from './app.ts'
import { newScheme, treatyMapping } from './imports.ts'
import { sendForm } from './send-form.ts'

/** An import as the API returns it, as far as tests read it. */
export interface UploadedImport {
  id: string
  state: string
  failure: string | null
  source: string | null
  counts: Record<string, number>
  report: {
    names: { unresolved: number; rows: number }
    refusedBy: { column: string; rows: number }[]
    droppedBy: { column: string; rows: number }[]
  } | null
}

/** Uploads a CSV file of treaties with its mapping, by default as a new register. @returns the id of the import. */
export async function uploadTreaties(api: Api, csv: string, scheme = newScheme()): Promise<string> {
  const response = await sendForm(api, '/v1/imports', [
    ['mapping', treatyMapping(scheme), 'mapping.yaml'],
    ['file', csv, 'treaties.csv'],
  ])
  expect(response.status, response.text).toBe(201)
  return response.json<{ id: string }>().id
}

/** Waits until a service has ended the work on an import. @returns the import. */
export async function waitForImport(api: Api, id: string): Promise<UploadedImport> {
  const read = async () => (await api.get(`/v1/imports/${id}`, { key: adminKey })).json<UploadedImport>()
  await expect
    .poll(async () => (await read()).state, { timeout: 20_000, interval: 50 })
    .toMatch(/^(staged|committed|undone|failed)$/)
  return read()
}
