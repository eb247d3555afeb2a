import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type HttpResponse, sharedApi } from '../support/api.ts'
import { buildDocument, unwrapSchema } from '../support/build-document.ts'
import {
  count,
  exampleDocument,
  faultAt,
  getInputSchema,
  listPath,
  nameProperty,
  pointersIn,
  readProblem,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

/** Invalid records are refused with 422. The response has all their faults, each with a JSON pointer. Nothing is written. */

const api = await sharedApi()

/** The document with `misspelled: 1` in it and in each nested object, and the pointers of these properties. */
function withUnknownProperties(value: unknown, pointer = ''): { value: unknown; pointers: string[] } {
  if (typeof value !== 'object' || value === null) return { value, pointers: [] }
  const inner = Object.entries(value).map(([name, old]) => ({
    name,
    ...withUnknownProperties(old, `${pointer}/${name}`),
  }))
  const pointers = inner.flatMap((entry) => entry.pointers)
  if (Array.isArray(value)) return { value: inner.map((entry) => entry.value), pointers }
  const entries = inner.map((entry) => [entry.name, entry.value])
  return {
    value: { ...Object.fromEntries(entries), misspelled: 1 },
    pointers: [...pointers, `${pointer}/misspelled`],
  }
}

/** A document with `wrong` instead of every value except objects, lists and literals, and the pointers to `wrong`. */
function withWrongValues(schema: z.core.$ZodType, wrong: unknown) {
  const pointers: string[] = []
  const document = buildDocument(schema, (leaf, pointer) => {
    if (leaf instanceof z.ZodLiteral) return leaf.value
    pointers.push(pointer)
    return wrong
  })
  return { document, pointers: pointers.sort() }
}

describe.each(resources)('a record of $name is refused', (resource) => {
  /** Sends an invalid document, and checks that it is refused and nothing is written. */
  async function expectRefused(document: unknown): Promise<HttpResponse> {
    const before = await count(api, resource)
    const response = await api.post(listPath(resource), document)
    expect(response.status).toBe(422)
    expect(await count(api, resource)).toBe(before)
    return response
  }

  it('with unknown properties; each error suggests the most similar known one', async () => {
    const names = Object.keys(resource.document.shape)
    const unknownProperties = Object.fromEntries(names.map((name) => [`${name}x`, 1]))
    const response = await expectRefused({ ...(await exampleDocument(resource, api)), ...unknownProperties })
    expect(pointersIn(response)).toEqual(names.map((name) => `/${name}x`).sort())
    for (const name of names) {
      expect(faultAt(response, `/${name}x`)).toMatchObject({
        code: 'unknown',
        message: expect.stringContaining(`did you mean "${name}"?`),
      })
    }
  })

  it('with unknown properties at every depth, with an error for each', async () => {
    const { value, pointers } = withUnknownProperties(await fullDocument(resource, api))
    expect(pointersIn(await expectRefused(value))).toEqual(pointers.sort())
  })

  it('without required properties, with an error for each', async () => {
    const response = await expectRefused({})
    expect(readProblem(response).errors?.map(({ pointer, code }) => ({ pointer, code }))).toEqual(
      getInputSchema(api, resource).required.map((name) => ({ pointer: `/${name}`, code: 'required' })),
    )
  })

  it('with null for required properties', async () => {
    const { required } = getInputSchema(api, resource)
    const response = await expectRefused(Object.fromEntries(required.map((name) => [name, null])))
    expect(pointersIn(response)).toEqual(required.map((name) => `/${name}`).sort())
  })

  it.each([{ wrong: true }, { wrong: {} }, { wrong: [] }])(
    'with $wrong in place of every text and number, at every depth',
    async ({ wrong }) => {
      const { document, pointers } = withWrongValues(resource.document, wrong)
      expect(pointersIn(await expectRefused(document))).toEqual(pointers)
    },
  )

  it('with a number in place of text and text in place of a number', async () => {
    const pointers: string[] = []
    const document = buildDocument(resource.document, (leaf, pointer) => {
      if (leaf instanceof z.ZodLiteral) return leaf.value
      pointers.push(pointer)
      return leaf instanceof z.ZodNumber ? '12' : 12
    })
    expect(pointersIn(await expectRefused(document))).toEqual(pointers.sort())
  })

  it('with an object or text in place of a list, and a list in place of an object', async () => {
    const shape = Object.entries(resource.document.shape)
    const isList = (schema: z.core.$ZodType) => unwrapSchema(schema) instanceof z.ZodArray
    const names = shape
      .filter(([, schema]) => !(unwrapSchema(schema) instanceof z.ZodString))
      .map(([name]) => name)
    for (const listReplacement of [{}, 'text', { 0: 'CHN', length: 1 }]) {
      const wrong = shape.map(([name, schema]) => [name, isList(schema) ? listReplacement : [[]]])
      const response = await expectRefused({
        ...(await exampleDocument(resource, api)),
        ...Object.fromEntries(wrong),
      })
      expect(pointersIn(response)).toEqual(expect.arrayContaining(names.map((name) => `/${name}`)))
    }
  })

  it('with a name that is empty, blank, padded, of two lines or far too long', async () => {
    const property = nameProperty(resource)
    const document = await exampleDocument(resource, api)
    // Citations have a note, which may have several lines, instead of a name.
    const wrong = property === 'note' ? ['', ' ', '\n'] : ['', ' ', 'a ', ' a', 'a\nb', 'a\tb', 'a\u2028b']
    for (const text of [...wrong, 'a'.repeat(20_000)]) {
      const response = await expectRefused({ ...document, [property]: text })
      expect(pointersIn(response)).toEqual([`/${property}`])
    }
  })

  it('with exactly one error for each required property that has a wrong value', async () => {
    const { required } = getInputSchema(api, resource)
    for (const wrong of ['', []]) {
      const response = await expectRefused(Object.fromEntries(required.map((name) => [name, wrong])))
      expect(readProblem(response).errors?.map(({ pointer }) => pointer)).toEqual(
        required.map((name) => `/${name}`),
      )
    }
  })

  it('with several kinds of faults at once, with an error for each', async () => {
    const [first = '', ...others] = getInputSchema(api, resource).required
    const { [first]: _left, ...document } = await exampleDocument(resource, api)
    const response = await expectRefused({
      ...document,
      ...Object.fromEntries(others.map((name) => [name, []])),
      nonsense: 1,
    })
    expect(pointersIn(response)).toEqual(
      [...[first, ...others].map((name) => `/${name}`), '/nonsense'].sort(),
    )
  })
})
