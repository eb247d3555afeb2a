import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import {
  count,
  createRecord,
  type Document,
  faultAt,
  listPath,
  pointersIn,
  resourceOf,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { registry, resources } from '../support/registry.ts'

/** Unique properties and external ids. */

const api = await sharedApi()

/** Unique properties and combinations of properties, with the pointers of the errors. */
const allUnique: { name: string; properties: string[]; pointers: string[] }[] = [
  { name: 'regions', properties: ['code'], pointers: ['/code'] },
  { name: 'countries', properties: ['code'], pointers: ['/code'] },
  { name: 'countries', properties: ['alpha2'], pointers: ['/alpha2'] },
  { name: 'countries', properties: ['numeric'], pointers: ['/numeric'] },
  { name: 'topics', properties: ['slug'], pointers: ['/slug'] },
  { name: 'topics', properties: ['scheme', 'code'], pointers: ['/code', '/scheme'] },
  { name: 'organizations', properties: ['ror'], pointers: ['/ror'] },
  ...resources
    .filter(({ document }) => 'externalIds' in document.shape)
    .map(({ name }) => ({ name, properties: ['externalIds'], pointers: ['/externalIds/0'] })),
]

const unique = allUnique.filter(({ name }) => resources.some((resource) => resource.name === name))

const pick = (document: Document, properties: string[]) =>
  Object.fromEntries(properties.map((property) => [property, document[property]]))

it('every resource has a unique property', () => {
  expect([...new Set(unique.map(({ name }) => name))].sort()).toEqual(
    resources.map(({ name }) => name).sort(),
  )
})

describe.each(unique)('the unique $properties of $name', ({ name, properties, pointers }) => {
  const resource = resourceOf(name)
  // Alpha-2 and numeric codes of withdrawn states can be assigned again: they are unique only among valid countries.
  const valid = name === 'countries' ? { validTo: null } : {}
  const isKey = properties.includes(resource.key.property)

  it('cannot be used by a second record: the creation returns 409 with a pointer', async () => {
    const { record } = await createRecord(resource, api, { ...(await fullDocument(resource, api)), ...valid })
    const before = await count(api, resource)
    const other = { ...(await fullDocument(resource, api)), ...valid, ...pick(record, properties) }
    const response = await api.post(listPath(resource), other)
    expect(response.status).toBe(409)
    expect(pointersIn(response)).toEqual(pointers)
    expect(faultAt(response, pointers[0] ?? '')?.code).toBe('taken')
    expect(await count(api, resource)).toBe(before)
  })

  it.skipIf(isKey)(
    'cannot be given to another record: the change is refused, and both stay unchanged',
    async () => {
      const document = { ...(await fullDocument(resource, api)), ...valid }
      const one = await createRecord(resource, api, document)
      const two = await createRecord(resource, api, { ...(await fullDocument(resource, api)), ...valid })
      const taken = pick(one.record, properties)
      for (const response of [
        await api.patch(two.path, taken),
        await api.put(two.path, { ...two.record, ...taken }),
      ]) {
        expect(response.status).toBe(409)
        expect(pointersIn(response)).toEqual(pointers)
      }
      expect((await api.get(one.path)).json()).toEqual(one.record)
      expect((await api.get(two.path)).json()).toEqual(two.record)
    },
  )

  it('can be sent again in changes of the record that has it', async () => {
    const { path, record } = await createRecord(resource, api, {
      ...(await fullDocument(resource, api)),
      ...valid,
    })
    expect((await api.patch(path, pick(record, properties))).status).toBe(200)
    expect((await api.put(path, record)).status).toBe(200)
  })
})

describe.each(unique.filter(({ properties }) => properties.includes('externalIds')))(
  'external ids of $name',
  ({ name }) => {
    const resource = resourceOf(name)

    it('are refused if other records have them: each fault points to one id, and names its record', async () => {
      const own = { scheme: 'test', id: randomUUID() }
      const [first, second] = [await createRecord(resource, api), await createRecord(resource, api)]
      const theirs = [first, second].map(({ record }) => Object(record.externalIds)[0])
      const document = { ...(await fullDocument(resource, api)), externalIds: [own, ...theirs] }
      const response = await api.post(listPath(resource), document)
      expect(response.status).toBe(409)
      expect(pointersIn(response)).toEqual(['/externalIds/1', '/externalIds/2'])
      expect(faultAt(response, '/externalIds/1')?.message).toContain(first.path)
      expect(faultAt(response, '/externalIds/2')?.message).toContain(second.path)
    })

    it('may also belong to a record of another resource', async () => {
      const { record } = await createRecord(resource, api)
      const other = registry.resources.find((one) => one !== resource && 'externalIds' in one.document.shape)
      if (!other) throw new Error('no other resource has external ids')
      const document = { ...(await fullDocument(other, api)), externalIds: record.externalIds }
      expect((await api.post(listPath(other), document)).status).toBe(201)
    })
  },
)

it('another country can get the alpha-2 and numeric codes of a withdrawn state', async () => {
  const countries = resourceOf('countries')
  const { record } = await createRecord(countries, api, {
    ...(await fullDocument(countries, api)),
    validTo: '1991',
  })
  const successor = {
    ...(await fullDocument(countries, api)),
    ...pick(record, ['alpha2', 'numeric']),
    validTo: null,
  }
  expect((await api.post('/v1/countries', successor)).status).toBe(201)
})
