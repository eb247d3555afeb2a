// @module-tag slow

import { expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'
import { waitForImport } from '../../support/uploaded-imports.ts'

const api = useTestApi()

it('revisions name who committed and who undid an import, with the ids of these requests', async () => {
  const createKey = async (name: string) =>
    (await api.post('/v1/keys', { name, role: 'editor' })).json<{ key: string }>().key
  const [committer, undoer] = [await createKey('Committer'), await createKey('Undoer')]
  const scheme = newScheme()
  const form = [
    ['mapping', treatyMapping(scheme), 'mapping.yaml'],
    ['file', `${treatyHeader}\n1,First,2001,China\n`, 'treaties.csv'],
  ] as const
  const { id } = (await sendForm(api, '/v1/imports', form)).json<{ id: string }>()
  await waitForImport(api, id)
  const takeStep = async (step: string, key: string) => {
    const response = await api.post(`/v1/imports/${id}/${step}`, undefined, { key })
    expect(response.status, response.text).toBe(202)
    await waitForImport(api, id)
    return response.headers.get('x-request-id')
  }
  const commitRequest = await takeStep('commit', committer)
  const records = await api.get(`/v1/imports/${id}/records`, { key: adminKey })
  const { data } = records.json<{ data: { resource: string; key: string }[] }>()
  const key = data.find(({ resource }) => resource === 'agreements')?.key
  const undoRequest = await takeStep('undo', undoer)
  expect((await api.get(`/v1/agreements/${key}/history`)).json<{ data: object[] }>().data).toMatchObject([
    { operation: 'remove', actor: { name: 'Undoer' }, requestId: undoRequest },
    { operation: 'create', actor: { name: 'Committer' }, requestId: commitRequest },
  ])
})
