import { expect, it } from 'vitest'
import { adminKey, openTestApp } from '../support/app.ts'
import { useOpened } from '../support/use-opened.ts'

const test = useOpened(openTestApp)

it('extends a record with the names of its territories, not with the records they refer to', async () => {
  const created = await test.app.inject({
    method: 'POST',
    url: '/v1/agreements',
    headers: { authorization: `Bearer ${adminKey}` },
    payload: {
      title: 'Extended',
      kind: 'agreement',
      parties: ['CHN', 'GBR'].map((country) => ({ country, role: 'party' })),
      territories: [
        { name: 'Gibraltar', country: 'GIB', party: 'GBR', status: 'extended' },
        { name: 'Sark', party: 'GBR', status: 'excluded' },
      ],
    },
  })
  expect(created.statusCode, created.payload).toBe(201)
  const id = `agreements:${created.json<{ id: string }>().id}`
  const extend = JSON.stringify({ ids: [id], properties: [{ id: 'territories' }] })
  const response = await test.app.inject({ url: '/reconcile', query: { extend } })
  expect(response.json()).toMatchObject({
    rows: { [id]: { territories: [{ str: 'Gibraltar' }, { str: 'Sark' }] } },
  })
})
