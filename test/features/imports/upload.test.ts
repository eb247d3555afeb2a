// @module-tag slow

import { type ClientRequest, request } from 'node:http'
import { text } from 'node:stream/consumers'
import iconv from 'iconv-lite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { type FormPart, sendForm } from '../../support/send-form.ts'
import { waitForImport } from '../../support/uploaded-imports.ts'

/** Uploads of imports: how clients may encode their parts (RFC 7578), and when an upload is refused. */

const api = useTestApi()

/** Sends parts of multipart/form-data without file names. @param parts the parameters and the content of each. */
function sendFields(
  parts: readonly (readonly [parameters: string, content: string])[],
  boundary = 'a-boundary',
): Promise<Response> {
  const encoded = parts.map(
    ([parameters, content]) =>
      `--${boundary}\r\nContent-Disposition: form-data; ${parameters}\r\n\r\n${content}\r\n`,
  )
  return fetch(`${api.origin}/v1/imports`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${adminKey}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
    body: `${encoded.join('')}--${boundary}--\r\n`,
  })
}

/**
 * Begins an upload of a file of treaties whose boundary is `x`.
 * @returns the request, which the test ends, and a function that lists the ids of the imports of the scheme.
 */
function beginUpload(scheme: string, headers: Record<string, number> = {}) {
  const part = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\n\r\n`
  const upload: ClientRequest = request(`${api.origin}/v1/imports`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${adminKey}`,
      'content-type': 'multipart/form-data; boundary=x',
      ...headers,
    },
  })
  upload.write(`${part('mapping')}${treatyMapping(scheme)}\r\n${part('file')}${treatyHeader}\n`)
  const listImports = async () =>
    (await api.pool.query<{ id: string }>('select id from imports where scheme = $1', [scheme])).rows
  return { upload, listImports }
}

describe('an upload', () => {
  it('may have its file in a part without a file name, and its mapping in a part of JSON', async () => {
    const properties = { title: 'Title', kind: '=treaty', parties: [{ country: 'Party', role: '=party' }] }
    const mapping = { scheme: newScheme(), records: { agreements: { id: 'Id', properties } } }
    const response = await sendFields([
      ['name="mapping"\r\nContent-Type: application/json', JSON.stringify(mapping)],
      ['name="file"', `${treatyHeader}\n1,First,2001,China\n`],
    ])
    const text = await response.text()
    expect(response.status, text).toBe(201)
    const { id }: { id: string } = JSON.parse(text)
    expect(await waitForImport(api, id)).toMatchObject({ counts: { created: 1, refused: 0 } })
  })

  it.each(['/v1/imports', '/v1/imports/preview'])(
    'is refused with 415 if it is compressed: %s',
    async (path) => {
      const response = await sendForm(api, path, [['mapping', '', '']], { 'content-encoding': 'gzip' })
      expect(response.json()).toMatchObject({ status: 415, detail: expect.stringContaining('"gzip"') })
    },
  )

  it.each(['/v1/imports', '/v1/imports/preview'])(
    'is refused with 400 if its body ends within a part, and leaves no import: %s',
    async (path) => {
      const scheme = newScheme()
      const mapping = `--x\r\nContent-Disposition: form-data; name="mapping"\r\n\r\n${treatyMapping(scheme)}`
      const file = `\r\n--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n${treatyHeader}\n1,First,20`
      for (const body of [mapping, mapping + file]) {
        const headers = { 'content-type': 'multipart/form-data; boundary=x' }
        const response = await api.post(path, body, { headers })
        expect(response.status, response.text).toBe(400)
        expect(response.text).toContain('multipart/form-data body cannot be parsed')
      }
      const { rows } = await api.pool.query('select from imports where scheme = $1', [scheme])
      expect(rows).toEqual([])
    },
  )

  it('may have a boundary of up to 250 characters, and is refused with the limit if it is longer', async () => {
    const allowed = await sendFields([], 'b'.repeat(250))
    expect(await allowed.json()).toMatchObject({ type: '/problems/invalid-body' })
    const refused = await sendFields([], 'b'.repeat(251))
    expect(await refused.json()).toMatchObject({
      status: 400,
      detail: 'The multipart/form-data body cannot be parsed: its boundary has more than 250 characters.',
    })
  })

  it('is refused if a part is too large, even if it has no file name', async () => {
    const large = await sendFields([['name="mapping"', `# ${'x'.repeat(5_000_000)}`]])
    expect(large.status).toBe(413)
  })

  it.each([
    ['mapping', 'The part mapping is not UTF-8 text.'],
    [
      'decisions',
      'The file of decisions cannot be used. Save it as CSV in UTF-8, with the columns of the file of names.',
    ],
  ])(
    'is refused if its %s part cannot be decoded, and the error says which part it is',
    async (field, detail) => {
      const response = await sendForm(api, '/v1/imports', [
        [field, new Uint8Array([0xff, 0x81, 0x0a, 0x80]), 'bad.txt'],
      ])
      expect(response.json()).toMatchObject({ status: 422, detail })
    },
  )

  it('may have decisions in GB18030, as Excel in Chinese saves CSV', async () => {
    const scheme = newScheme()
    const csv = 'resource,name,decision\r\ncountries,亚特兰蒂斯,PAK\r\n'
    const decisions = new Uint8Array(iconv.encode(csv, 'gbk'))
    const response = await sendForm(api, '/v1/imports', [
      ['mapping', treatyMapping(scheme), 'm.yaml'],
      ['decisions', decisions, 'decisions.csv'],
      ['file', `${treatyHeader}\n1,火,2003,亚特兰蒂斯\n`, 'f.csv'],
    ])
    expect(response.status, response.text).toBe(201)
    const { id } = response.json<{ id: string }>()
    const notes = [expect.stringMatching(/^The encoding of the file of decisions is most likely gb18030\. /)]
    expect(await waitForImport(api, id)).toMatchObject({ counts: { created: 1, refused: 0 }, notes })
  })

  it('is refused at once if the mapping does not name a list, with the names that it expects', async () => {
    const scheme = newScheme()
    const upload = (mapping: string) =>
      sendForm(api, '/v1/imports', [
        ['mapping', mapping, 'm.yaml'],
        ['list', 'code,word\n', 'kind.csv'],
        ['file', `${treatyHeader}\n1,First,2001,China\n`, 'f.csv'],
      ])
    const mapping = treatyMapping(scheme)
    const naming = mapping.replace('kind: =treaty', 'kind: {from: Title, codes: kinds.csv}')
    expect((await upload(naming)).json()).toMatchObject({
      status: 422,
      type: '/problems/invalid-mapping',
      detail: expect.stringMatching(
        /^The mapping does not name the file kind\.csv\. .* The mapping names kinds\.csv\.$/,
      ),
    })
    expect((await upload(mapping)).text).toContain('The mapping names no further file.')
    expect((await api.pool.query('select from imports where scheme = $1', [scheme])).rows).toEqual([])
  })

  it('is refused if it has too many parts', async () => {
    const names = Array.from({ length: 49 }, (_, index) => `${index}.csv`)
    const lists = names.map((name) => ['list', 'A\nB\n', name] as const)
    const joins = names.map((name, index) => `l${index}: {file: ${name}, key: A, equals: Id}`)
    const parts = [
      ['mapping', `join: {${joins.join()}}\n${treatyMapping(newScheme())}`, 'm.yaml'],
      ['file', `${treatyHeader}\n`, 'f.csv'],
    ] as const
    expect((await sendForm(api, '/v1/imports', [...parts, ...lists])).status).toBe(413)
  })

  it.each(['mapping', 'decisions', 'file'])('is refused if it has two parts named %s', async (name) => {
    const scheme = newScheme()
    const parts: FormPart[] = [
      ['mapping', treatyMapping(scheme), 'm.yaml'],
      ['decisions', 'resource,name,decision\n', 'd.csv'],
      ['file', `${treatyHeader}\n`, 'f.csv'],
    ]
    const repeated = parts.filter(([field]) => field === name)
    const response = await sendForm(api, '/v1/imports', [...parts, ...repeated])
    expect(response.status, response.text).toBe(422)
    expect(response.json<{ detail: string }>().detail).toContain(`There are two parts named ${name}`)
    expect((await api.pool.query('select from imports where scheme = $1', [scheme])).rows).toEqual([])
  })

  it('is refused if a part has the name of a property of Object.prototype', async () => {
    expect((await sendForm(api, '/v1/imports', [['constructor', 'x', 'x.csv']])).status).toBe(400)
  })

  it('may have decisions in a CSV file with commas about a name with a semicolon', async () => {
    const mapping = treatyMapping(newScheme())
    const file = `${treatyHeader}\n1,First,2001,Atlantis; Utopia\n`
    const dryRun = async (more: readonly FormPart[]) => {
      const parts: FormPart[] = [['mapping', mapping, 'm.yaml'], ...more, ['file', file, 'f.csv']]
      const { id } = (await sendForm(api, '/v1/imports', parts)).json<{ id: string }>()
      return waitForImport(api, id)
    }
    const { id } = await dryRun([])
    const { text } = await api.get(`/v1/imports/${id}/names.csv`, { key: adminKey })
    const decisions = text.replace(',,1,,', ',,1,DEU,')
    expect(await dryRun([['decisions', decisions, 'decisions.csv']])).toMatchObject({
      state: 'staged',
      counts: { created: 1, refused: 0 },
    })
  })

  it('does not cause the refusal of other large requests while it arrives', async () => {
    const { upload, listImports } = beginUpload(newScheme(), { 'content-length': 200_000_000 })
    // The connection is closed before the upload has arrived.
    upload.on('error', () => {})
    await expect.poll(listImports, { timeout: 20_000 }).toHaveLength(1)
    const operations = Array.from({ length: 900 }, () => ({ op: 'x'.repeat(1500) }))
    const large = await api.post('/v1/agreements/bulk', { operations })
    upload.destroy()
    expect(large.status, large.text.slice(0, 300)).toBe(422)
    // The next test counts incomplete uploads.
    await expect.poll(listImports, { timeout: 20_000 }).toEqual([])
  })
})

it.each([
  ['uploaded', ['uploaded'], '100 uploads are incomplete'],
  ['staged', ['staging', 'staged'], '100 imports are staging or staged'],
])('an upload is refused while 100 imports are %s, and leaves no import', async (state, counted, reason) => {
  const [scheme, other] = [newScheme(), newScheme()]
  onTestFinished(async () => {
    await api.pool.query('delete from imports where scheme = $1', [other])
  })
  await api.pool.query(
    `insert into imports (scheme, mapping, state, actor, files)
      select $1, '', $2, '{"kind": "command", "id": null, "name": null}', '[]'
      from generate_series(1, 100 - (select count(*) from imports where state = any($3)))`,
    [other, state, counted],
  )
  const parts: FormPart[] = [
    ['mapping', treatyMapping(scheme), ''],
    ['file', `${treatyHeader}\n1,First,2001,China\n`, 'rows.csv'],
  ]
  const refused = await sendForm(api, '/v1/imports', parts)
  expect(refused.json()).toMatchObject({ status: 409, detail: expect.stringContaining(reason) })
  expect((await api.pool.query('select from imports where scheme = $1', [scheme])).rows).toEqual([])
  await api.pool.query(
    'delete from imports where id = (select max(id::text)::uuid from imports where scheme = $1)',
    [other],
  )
  expect((await sendForm(api, '/v1/imports', parts)).status).toBe(201)
})

it('an upload whose import is deleted meanwhile is refused with this reason', async () => {
  const { upload, listImports } = beginUpload(newScheme())
  const response = new Promise<string>((resolve, reject) => {
    upload.on('error', reject)
    upload.on('response', (message) => text(message).then(resolve, reject))
  })
  await expect.poll(listImports, { timeout: 20_000 }).toHaveLength(1)
  expect((await api.delete(`/v1/imports/${(await listImports())[0]?.id}`)).status).toBe(204)
  upload.end('1,First,2001,China\r\n--x--\r\n')
  expect(JSON.parse(await response)).toMatchObject({
    status: 409,
    detail: 'The import was deleted while its files arrived. Send them again.',
  })
})

describe('decisions after the file', () => {
  /** Uploads a file of one treaty, and then a decision about its party. */
  const upload = (scheme: string, key: string) =>
    sendForm(api, '/v1/imports', [
      ['mapping', treatyMapping(scheme), 'mapping.yaml'],
      ['file', `${treatyHeader}\n1,First,2001,Atlantis\n`, 'treaties.csv'],
      ['decisions', `resource,name,decision\ncountries,Atlantis,${key}\n`, 'decisions.csv'],
    ])

  it('apply to its rows', async () => {
    const response = await upload(newScheme(), 'PAK')
    expect(response.status, response.text).toBe(201)
    const { id } = response.json<{ id: string }>()
    expect(await waitForImport(api, id)).toMatchObject({ state: 'staged', counts: { created: 1 } })
  })

  it('refuse the upload if one is wrong, and nothing is stored', async () => {
    const scheme = newScheme()
    const response = await upload(scheme, 'QQQ')
    expect(response.status).toBe(422)
    expect(response.json<object>()).toMatchObject({ errors: [{ pointer: '/decisions/2' }] })
    const { rows } = await api.pool.query('select from imports where scheme = $1', [scheme])
    expect(rows).toHaveLength(0)
  })
})
