import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { anyCharacter } from '../support/any-character.ts'
import { sharedApi } from '../support/api.ts'
import { createRecord, faultAt, listPath, type Page, readProblem, unusedKey } from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()
beforeAll(async () => {
  // At least two records, so that every list has a second page.
  for (const resource of resources) {
    await createRecord(resource, api, await fullDocument(resource, api))
    await createRecord(resource, api, await fullDocument(resource, api))
  }
})

/** An edit of a text. `position` is a fraction of the length of the text. */
interface Edit {
  position: number
  insert?: string
  remove?: number
  replace?: string
}

const randomEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    position: fc.double({ min: 0, max: 1, noNaN: true }),
    insert: fc.string({ unit: anyCharacter, maxLength: 5 }),
  }),
  fc.record({
    position: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 1, max: 200 }),
  }),
  fc.record({
    position: fc.double({ min: 0, max: 1, noNaN: true }),
    replace: fc.string({ minLength: 1, maxLength: 1 }),
  }),
)

function applyEdit(text: string, { position, insert = '', remove = 0, replace }: Edit): string {
  const index = Math.floor(position * text.length)
  const removedLength = replace === undefined ? remove : 1
  // A lone surrogate cannot be sent.
  return (text.slice(0, index) + (replace ?? insert) + text.slice(index + removedLength)).toWellFormed()
}

describe.each(resources)('a cursor of $name', (resource) => {
  const list = listPath(resource)
  const property = resource.key.property
  const nextCursor = async (query: string) => {
    const { next } = (await api.get(`${list}?limit=1&${query}`)).json<Page>().page
    if (next === null) throw new Error('there is no second page')
    return next
  }
  const readPage = (cursor: string, query = '') =>
    api.get(`${list}?limit=1&cursor=${encodeURIComponent(cursor)}${query && `&${query}`}`)

  async function expectRefused(cursor: string, query?: string) {
    const response = await readPage(cursor, query)
    expect({ cursor, query, status: response.status }).toEqual({ cursor, query, status: 400 })
    expect(faultAt(response, 'cursor')).toBeDefined()
    return response
  }

  it('can be sent repeatedly and returns the same page', async () => {
    const cursor = await nextCursor('')
    const [one, two] = [await readPage(cursor), await readPage(cursor)]
    expect(one.status).toBe(200)
    expect(two.text).toBe(one.text)
  })

  it('returns 400 when a part of it is missing', async () => {
    const cursor = await nextCursor('')
    const middle = cursor.length / 2
    const truncated = [cursor.slice(0, -1), cursor.slice(1), cursor.slice(0, middle), cursor.slice(middle)]
    for (const wrong of [...truncated, ...cursor.split('.'), `${cursor.split('.')[0]}.`, '.']) {
      expect(readProblem(await expectRefused(wrong)).type).toBe('/problems/invalid-cursor')
    }
  })

  it('returns 400 when one character was changed', async () => {
    const cursor = await nextCursor('')
    const indexes = [...cursor].map((_, index) => index)
    // Every character for one resource, some for the others, since all cursors have the same format.
    const tried = resource.name === 'topics' ? indexes : indexes.filter((index) => index % 11 === 0)
    for (const index of [...tried, cursor.length - 1]) {
      const other = cursor[index] === 'A' ? 'B' : 'A'
      await expectRefused(cursor.slice(0, index) + other + cursor.slice(index + 1))
    }
  })

  it('returns 400 with another sort', async () => {
    const cursor = await nextCursor('')
    for (const sort of [`-${property}`, 'createdAt', `createdAt,${property}`]) {
      const response = await expectRefused(cursor, `sort=${sort}`)
      expect(readProblem(response).type).toBe('/problems/invalid-cursor')
    }
    await expectRefused(await nextCursor(`sort=-${property}`), `sort=${property}`)
  })

  it('returns 400 with other filters or values', async () => {
    const plain = await nextCursor('')
    await expectRefused(plain, 'createdAt[gte]=2000-01-01')
    await expectRefused(plain, 'q=science')
    const filtered = await nextCursor('createdAt[gte]=2000-01-01')
    await expectRefused(filtered)
    await expectRefused(filtered, 'createdAt[gte]=2000-01-02')
    await expectRefused(filtered, 'createdAt[gt]=2000-01-01')
    await expectRefused(filtered, 'updatedAt[gte]=2000-01-01')
    await expectRefused(filtered, `createdAt[gte]=2000-01-01&${property}[ne]=${unusedKey(resource)}`)
    expect((await readPage(filtered, 'createdAt[gte]=2000-01-01')).status).toBe(200)
  })

  it('accepts the parameters of its query in another order', async () => {
    const filters = ['createdAt[gte]=2000-01-01', 'createdAt[lt]=2100-01-01', 'updatedAt[gte]=2000-01-01']
    const cursor = await nextCursor(filters.join('&'))
    expect((await readPage(cursor, filters.toReversed().join('&'))).status).toBe(200)
  })

  it('returns 400 for every other resource', async () => {
    const cursor = await nextCursor('')
    for (const other of resources.filter((one) => one !== resource)) {
      const response = await api.get(`${listPath(other)}?cursor=${cursor}`)
      expect(response.status).toBe(400)
      expect(readProblem(response).type).toBe('/problems/invalid-cursor')
    }
  })

  it('returns 400 after random edits, unless they leave it unchanged', async () => {
    const cursor = await nextCursor('')
    const untouched = await readPage(cursor)
    await fc.assert(
      fc.asyncProperty(fc.array(randomEdit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const changed = edits.reduce((text, edit) => applyEdit(text, edit), cursor)
        const response = await readPage(changed)
        if (changed === cursor) expect(response.text).toBe(untouched.text)
        else expect({ changed, status: response.status }).toEqual({ changed, status: 400 })
      }),
      { numRuns: 40 },
    )
  })

  it('returns 400 for random bytes', async () => {
    const random = fc.oneof(
      fc.uint8Array({ maxLength: 150 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc
        .tuple(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ minLength: 16, maxLength: 17 }))
        .map((parts) => parts.map((bytes) => Buffer.from(bytes).toString('base64url')).join('.')),
      fc.json().map((text) => `${Buffer.from(text).toString('base64url')}.${'A'.repeat(22)}`),
      fc.string({ unit: anyCharacter, maxLength: 60 }),
    )
    await fc.assert(
      fc.asyncProperty(random, async (cursor) => {
        expect((await readPage(cursor)).status).toBe(400)
      }),
      { numRuns: 40 },
    )
  })
})
