import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Resource } from '../../src/model/resource.ts'
import { references } from '../../src/model/schemas.ts'
import { sharedApi } from '../support/api.ts'
import { buildDocument, isEdtfSchema, unwrapSchema } from '../support/build-document.ts'
import {
  count,
  createRecord,
  documentSchema,
  etagOf,
  faultAt,
  getInputSchema,
  listPath,
  mergeDeep,
  pointersIn,
  readProblem,
  resourceOf,
  unusedKey,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { registry, resources } from '../support/registry.ts'

/** Rules beyond the types of values: references, dates, lists, participants, cycles. */

const api = await sharedApi()

/**
 * Returns a `fullDocument` with replaced values, and the pointers of these values.
 * @param replace returns the new value at a pointer, or undefined for no change.
 */
async function invalidDocument(
  resource: Resource,
  replace: (schema: z.core.$ZodType, pointer: string) => unknown,
) {
  const pointers: string[] = []
  const replacements = buildDocument(resource.document, (schema, pointer) => {
    const value = replace(schema, pointer)
    if (value !== undefined) pointers.push(pointer)
    return value
  })
  return { document: mergeDeep(await fullDocument(resource, api), replacements), pointers: pointers.sort() }
}

/** For the schema of a reference, returns a key that no record has; otherwise undefined. */
const unknownReference = (schema: z.core.$ZodType) => {
  const name = references.get(schema)
  const target = registry.resources.find((resource) => resource.name === name)
  return target && unusedKey(target)
}

/** The resources with a property, at any depth, for which `matches` returns a truthy value. */
const resourcesWith = (matches: (schema: z.core.$ZodType, pointer: string) => unknown) =>
  resources.filter(({ document }) => {
    let found = false
    buildDocument(document, (schema, pointer) => {
      found ||= Boolean(matches(schema, pointer))
    })
    return found
  })

/** Names of list properties that cannot have duplicate entries. */
const distinctLists = [
  'externalIds',
  'topics',
  'languages',
  'groups',
  'successors',
  'agreements',
  'parties',
  'participants',
  'relations',
  'sectors',
]

/** Names of list properties whose entries name one country, organization or region each. */
const participantLists = ['parties', 'participants']

const listsOf = (names: string[]) =>
  resources.flatMap((resource) =>
    names
      .filter((list) => list in resource.document.shape)
      .map((list) => ({ resource, list, name: resource.name })),
  )

/** The properties of a document whose value is a reference or a list of references, and the resources they refer to. */
const referencesOf = ({ document }: Resource) =>
  Object.entries(document.shape).flatMap(([property, schema]) => {
    const inner = unwrapSchema(schema)
    const target = references.get(inner instanceof z.ZodArray ? unwrapSchema(inner.element) : inner)
    return target === undefined ? [] : [{ property, target }]
  })

it('each rule applies to some resource', () => {
  expect(resourcesWith(unknownReference)).not.toEqual([])
  expect(resourcesWith(isEdtfSchema)).not.toEqual([])
  const referring = registry.resources.filter((resource) => referencesOf(resource).length > 0)
  expect(referring.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['citations', 'cooperation-bases', 'organizations']),
  )
  const names = new Set(registry.resources.flatMap(({ document }) => Object.keys(document.shape)))
  expect([...distinctLists, ...participantLists].filter((name) => !names.has(name))).toEqual([])
})

it.each(resources.filter((resource) => referencesOf(resource).length > 0))(
  'each property of $name with references has their resource in the OpenAPI document',
  (resource) => {
    const { properties } = getInputSchema(api, resource)
    for (const { property, target } of referencesOf(resource))
      expect(JSON.stringify(properties[property])).toContain(`"x-refers-to":"${target}"`)
  },
)

describe.each(resourcesWith(unknownReference))('a reference in $name', (resource) => {
  it('to an unknown record is refused with its pointer, and nothing is written', async () => {
    const { document, pointers } = await invalidDocument(resource, unknownReference)
    const before = await count(api, resource)
    const response = await api.post(listPath(resource), document)
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual(pointers)
    for (const pointer of pointers) expect(faultAt(response, pointer)?.code).toBe('dangling_reference')
    expect(await count(api, resource)).toBe(before)
  })

  it('to an unknown record is refused, and nothing is written, even if all others are valid', async () => {
    const { pointers } = await invalidDocument(resource, unknownReference)
    const before = await count(api, resource)
    for (const unknown of pointers) {
      const { document } = await invalidDocument(resource, (schema, pointer) =>
        pointer === unknown ? unknownReference(schema) : undefined,
      )
      const response = await api.post(listPath(resource), document)
      expect({ unknown, status: response.status }).toEqual({ unknown, status: 422 })
      expect(pointersIn(response)).toEqual([unknown])
    }
    expect(await count(api, resource)).toBe(before)
  })

  it('to an unknown record in a patch is refused, and the record does not change', async () => {
    const { path, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const { document } = await invalidDocument(resource, unknownReference)
    const { [resource.key.property]: _key, ...change } = documentSchema.parse(document)
    expect((await api.patch(path, change)).status).toBe(422)
    expect((await api.get(path)).json()).toEqual(record)
  })
})

describe.each(resourcesWith(isEdtfSchema))('a date in $name', (resource) => {
  it.each([
    ['2011-13', '(at character 7)'],
    ['2011-02-30', '(at character 9)'],
    ['1985-04/2011-4', '(at character 14)'],
    ['April 2011', 'write 2011-04'],
    ['soon', '(at character 1)'],
  ])('that is not EDTF, %s, is refused at every depth, with a position or the EDTF', async (text, ending) => {
    const { document, pointers } = await invalidDocument(resource, (schema) =>
      isEdtfSchema(schema) ? text : undefined,
    )
    const response = await api.post(listPath(resource), document)
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual(pointers)
    for (const { message } of readProblem(response).errors ?? []) expect(message).toContain(ending)
  })
})

describe.each(listsOf(distinctLists))('$list of $name', ({ resource, list }) => {
  it('cannot have duplicate entries: the error has a pointer to the second one', async () => {
    const document = await fullDocument(resource, api)
    const entries = z.array(z.unknown()).parse(document[list])
    const response = await api.post(listPath(resource), { ...document, [list]: [...entries, entries[0]] })
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual([`/${list}/${entries.length}`])
  })
})

describe.each(listsOf(participantLists))('$list of $name', ({ resource, list }) => {
  it('name one country, organization or region each: none or two are refused with a pointer', async () => {
    const document = await fullDocument(resource, api)
    const [entry] = z.array(documentSchema).parse(document[list])
    const { country, ...withoutParticipant } = entry ?? {}
    const withTwo = { ...entry, region: '142' }
    const response = await api.post(listPath(resource), {
      ...document,
      [list]: [entry, withoutParticipant, withTwo],
    })
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual([`/${list}/1`, `/${list}/2`])
  })
})

interface SelfReference {
  name: string
  pointer: string
  /** Returns a patch with the reference to a record. */
  write(key: string): object
}

/** Properties that form hierarchies of records of one resource. */
const hierarchies: SelfReference[] = [
  { name: 'regions', pointer: '/parent', write: (key) => ({ parent: key }) },
  { name: 'topics', pointer: '/broader', write: (key) => ({ broader: key }) },
  { name: 'organizations', pointer: '/parent', write: (key) => ({ parent: key }) },
  { name: 'cooperation-bases', pointer: '/partOf', write: (key) => ({ partOf: key }) },
]

/** Properties by which a record could refer to itself. */
const selfReferences: SelfReference[] = [
  ...hierarchies,
  { name: 'countries', pointer: '/successors/0', write: (key) => ({ successors: [key] }) },
  {
    name: 'agreements',
    pointer: '/relations/0/agreement',
    write: (key) => ({ relations: [{ kind: 'amends', agreement: key }] }),
  },
]

describe.each(selfReferences)('$pointer of $name', ({ name, pointer, write }) => {
  const resource = resourceOf(name)

  it('cannot refer to the record itself: the patch is refused with the pointer', async () => {
    const { path, key, record } = await createRecord(resource, api)
    const response = await api.patch(path, write(key))
    expect(response.status).toBe(422)
    expect(pointersIn(response)).toEqual([pointer])
    expect((await api.get(path)).json()).toEqual(record)
  })
})

describe.each(hierarchies)('$pointer of $name', ({ name, write }) => {
  const resource = resourceOf(name)

  it('cannot form a cycle of which two clients each write half at the same time', async () => {
    const [one, two] = await Promise.all([createRecord(resource, api), createRecord(resource, api)])
    const responses = await Promise.all([
      api.patch(one.path, write(two.key)),
      api.patch(two.path, write(one.key)),
    ])
    const statuses = responses.map(({ status }) => status).sort()
    // 503: PostgreSQL has rolled one transaction back in every attempt because of the other. Its client can retry.
    expect([
      [200, 422],
      [200, 503],
    ]).toContainEqual(statuses)
    const reads = await Promise.all([api.get(one.path), api.get(two.path)])
    expect(reads.map((read) => etagOf(read)).sort()).toEqual(['"1"', '"2"'])
  })
})
