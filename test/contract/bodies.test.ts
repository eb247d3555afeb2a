import { beforeAll, describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import {
  type CreatedRecord,
  createRecord,
  exampleDocument,
  faultAt,
  listPath,
  nameProperty,
  pointersIn,
  readProblem,
  sendAsEveryWrite,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

/** Bodies that are not a JSON object, or that cannot be stored unchanged. */

const api = await sharedApi()

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => Buffer.from(Array.isArray(part) ? part : [...Buffer.from(part)]))),
  )

/** The text of a JSON object with one more property, even if its name is a duplicate. `value` is JSON text. */
const withProperty = (document: object, name: string, value: string) =>
  `${JSON.stringify(document).slice(0, -1)},"${name}":${value}}`

describe.each(resources)('a body for $name', (resource) => {
  const name = nameProperty(resource)

  let testRecord: CreatedRecord
  beforeAll(async () => {
    testRecord = await createRecord(resource, api)
  })
  /** Sends the body as a create, a replace and a patch, and checks that nothing is written. */
  const sendWrites = (body: string | Uint8Array) => sendAsEveryWrite(api, resource, testRecord.path, body)

  it.each(['[]', '[{}]', '"text"', 'null', '1', 'true'])(
    'that is %s instead of an object is refused with 422',
    async (body) => {
      for (const response of await sendWrites(body)) {
        expect(response.status).toBe(422)
        expect(pointersIn(response)).toEqual([''])
      }
    },
  )

  it('that is empty is refused with 400', async () => {
    for (const response of await sendWrites('')) expect(response.status).toBe(400)
  })

  it('that is missing, without a Content-Type, is refused with 422, and by an import with 400', async () => {
    const { path } = testRecord
    const before = (await api.get(path)).text
    const headers = { 'if-match': '*' }
    const responses = [
      await api.request('POST', `${listPath(resource)}/import`),
      await api.request('POST', listPath(resource)),
      await api.request('POST', `${listPath(resource)}/bulk`),
      await api.request('PUT', path, { headers }),
      await api.request('PATCH', path, { headers }),
    ]
    expect(responses.map(({ status }) => status)).toEqual([400, 422, 422, 422, 422])
    expect((await api.get(path)).text).toBe(before)
  })

  it.each([
    '{',
    '{"name":"cut',
    '{"name":1,}',
    "{'name':1}",
    '{name:1}',
    '{"name":01}',
    '{"name":NaN}',
    '{"name":undefined}',
    '{"name":1} {}',
    '{"name":1} // comment',
    '{"name":"\\x41"}',
    '{"name":"a\tb"}',
    'name=1',
  ])('that is not JSON, %s, is refused with 400', async (body) => {
    const response = await api.post(listPath(resource), body)
    expect(response.status).toBe(400)
    expect(readProblem(response)).toMatchObject({
      type: '/problems/malformed-request',
      detail: expect.stringContaining('not JSON'),
    })
  })

  it('with a duplicate property, however deep or escaped, returns 400 with its pointer', async () => {
    const document = await exampleDocument(resource, api)
    const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`
    for (const body of [
      withProperty(document, name, '"again"'),
      withProperty(document, escaped, '"again"'),
    ]) {
      for (const response of await sendWrites(body)) {
        expect(response.status).toBe(400)
        expect(faultAt(response, `/${name}`)?.code).toBe('repeated')
      }
    }
    const deep = await api.post(listPath(resource), '{"a":[{},{"b":{"c/d":1,"c/d":1}}]}')
    expect(deep.status).toBe(400)
    expect(pointersIn(deep)).toEqual(['/a/1/b/c~1d'])
  })

  it('with NUL or a lone surrogate in text returns 400 with its pointer', async () => {
    for (const wrong of ['a\\u0000b', '\\ud800', '\\udc00\\ud800']) {
      for (const response of await sendWrites(`{"${name}":"${wrong}"}`)) {
        expect(response.status).toBe(400)
        expect(faultAt(response, `/${name}`)?.code).toBe('bad_text')
      }
    }
    const inName = await api.post(listPath(resource), '{"a\\u0000":1}')
    expect(inName.status).toBe(400)
    expect(readProblem(inName).errors).toMatchObject([{ code: 'bad_text' }])
  })

  it('with complete surrogate pairs, escaped or not, is stored unchanged', async () => {
    const rocket = 'Rocket \u{1F680} 火箭'
    for (const text of [rocket, rocket.replace('\u{1F680}', '\\ud83d\\ude80')]) {
      const { [name]: _name, ...document } = await exampleDocument(resource, api)
      const response = await api.post(listPath(resource), withProperty(document, name, `"${text}"`))
      expect(response.status).toBe(201)
      expect(response.json()[name]).toBe(rocket)
    }
  })

  it('that is not UTF-8 is refused with 400', async () => {
    for (const wrong of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80]]) {
      const body = bytes(`{"${name}":"`, wrong, '"}')
      for (const response of await sendWrites(body)) expect(response.status).toBe(400)
    }
    for (const response of await sendWrites(new Uint8Array(Buffer.from('\ufeff{}', 'utf16le')))) {
      expect(response.status).toBe(400)
    }
  })

  it('may begin with a byte order mark, which is ignored', async () => {
    const document = await exampleDocument(resource, api)
    const response = await api.post(listPath(resource), bytes([0xef, 0xbb, 0xbf], JSON.stringify(document)))
    expect(response.status).toBe(201)
    expect(response.json()).toMatchObject(document)
  })

  it.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    'with a property %s is refused like any other unknown property',
    async (property) => {
      // A replace must repeat a key that clients choose. A create is refused before its key is found to exist.
      const ownKey = resource.key.assignedBy === 'client' ? { [resource.key.property]: testRecord.key } : {}
      const document = { ...(await exampleDocument(resource, api)), ...ownKey }
      for (const response of await sendWrites(withProperty(document, property, '{"a":1}'))) {
        expect(response.status).toBe(422)
        expect(pointersIn(response)).toEqual([`/${property}`])
      }
    },
  )

  it('with a number beyond the range of a double is refused with 400', async () => {
    const properties = [...Object.keys(resource.document.shape), 'version']
    for (const number of ['1e400', '-1e400']) {
      const body = `{${properties.map((property) => `"${property}":${number}`).join()}}`
      for (const response of await sendWrites(body)) {
        expect(response.status).toBe(400)
        expect(pointersIn(response)).toEqual(properties.map((property) => `/${property}`).sort())
      }
    }
  })

  it('that is nested 10,000 levels deep is refused with 400', async () => {
    const depth = 10_000
    const array = '['.repeat(depth) + ']'.repeat(depth)
    const object = `${`{"${name}":`.repeat(depth)}1${'}'.repeat(depth)}`
    for (const body of [array, object, `{"${name}":${array}}`]) {
      for (const response of await sendWrites(body)) expect(response.status).toBe(400)
    }
  })
})
