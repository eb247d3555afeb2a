import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { getPort } from '../support/ports.ts'

it('a URL in a record is stored and returned, and the service never connects to it', async () => {
  let connections = 0
  const internalServer = createServer((socket) => {
    connections += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(internalServer, 'listening')
  const api = await sharedApi()
  try {
    const port = getPort(internalServer)
    const url = `http://127.0.0.1:${port}/internal`
    const document = { title: 'A text on an internal address', kind: 'agreement' }
    const texts = [{ title: 'Full text', url }]
    const created = await api.post('/v1/agreements', { ...document, documents: texts })
    const { id } = created.json<{ id: string }>()
    const source = { title: 'A page on an internal address', kind: 'report', url }
    expect([created.status, (await api.post('/v1/sources', source)).status]).toEqual([201, 201])
    const read = await api.get(`/v1/agreements/${id}?include=citations`)
    expect(read.text).toContain(url)
    for (const format of ['csv', 'xlsx', 'ndjson'])
      expect((await api.get(`/v1/agreements/export?format=${format}`)).status).toBe(200)
    expect(connections).toBe(0)
  } finally {
    internalServer.close()
  }
})
