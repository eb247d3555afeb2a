import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Api } from '../../support/api.ts'
import {
  type ApiWithDatabaseProxy,
  startApiWithDatabaseProxy,
} from '../../support/api-with-database-proxy.ts'
import { adminKey } from '../../support/app.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import type { DatabaseProxy } from '../../support/proxy.ts'

/** Uploads of imports while the connection to the database is lost. */

let service: ApiWithDatabaseProxy
let api: Api
let proxy: DatabaseProxy
beforeAll(async () => {
  service = await startApiWithDatabaseProxy()
  ;({ api, proxy } = service)
})
afterAll(() => service.close())

const part = (name: string, content: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n${content}\r\n`

describe('an upload whose last transaction has an unknown outcome', () => {
  it('leaves an import whose dry run succeeds', async () => {
    const scheme = newScheme()
    const headers = {
      authorization: `Bearer ${adminKey}`,
      'content-type': 'multipart/form-data; boundary=x',
    }
    const responded = new Promise<string>((resolve, reject) => {
      const upload = request(`${api.origin}/v1/imports`, { method: 'POST', headers })
      upload.on('response', (response) => resolve(text(response))).on('error', reject)
      upload.write(part('mapping', treatyMapping(scheme)))
      upload.write(part('file', `${treatyHeader}\n1,First,2001,China\n`))
      // The boundary ends the file.
      upload.write('--x')
      const stored = async () =>
        (
          await api.pool.query(
            'select from import_files join imports on imports.id = import where scheme = $1',
            [scheme],
          )
        ).rowCount
      // When the file is stored, the only further transaction is the one that begins the dry run.
      expect
        .poll(stored, { timeout: 8000 })
        .toBe(1)
        .then(() => {
          proxy.disconnectAfter('; commit')
          upload.end('--\r\n')
        })
        .catch(reject)
    })
    expect(JSON.parse(await responded)).toMatchObject({ type: '/problems/outcome-unknown', status: 503 })
    const states = async () =>
      (await api.pool.query<{ state: string }>('select state from imports where scheme = $1', [scheme])).rows
    // An import is `staged` when its dry run is complete.
    await expect.poll(states, { timeout: 8000 }).toEqual([{ state: 'staged' }])
  })
})
