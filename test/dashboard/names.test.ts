import { afterAll, expect, it, vi } from 'vitest'

/** The names and titles of records that the dashboard reads, without a browser. */

afterAll(() => {
  vi.unstubAllGlobals()
})
vi.stubGlobal('location', { search: '?embed=1' })
const { findName, readNames, readTitles } = await import('../../src/dashboard/api/names.ts')

it('a name is found by the slug of its record, but not by a property of all objects', () => {
  const names = { topics: { ice: 'Ice' } }
  expect(findName(names, 'ice')).toEqual({ resource: 'topics', name: 'Ice' })
  expect(findName(names, 'constructor')).toBeUndefined()
})

it('the names of 120 records are read with three requests, each for at most 50', async () => {
  const sizes: number[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    const ids = new URL(path, 'http://localhost').searchParams.get('id')?.split(',') ?? []
    sizes.push(ids.length)
    return Response.json({ data: ids.map((id) => ({ id, name: `Name of ${id}` })) })
  })
  const keys = Array.from({ length: 120 }, (_, index) => `o-${index}`)
  const { organizations } = await readNames(new Map([['organizations', new Set(keys)]]), 'en')
  expect(sizes).toEqual([50, 50, 20])
  expect(organizations).toEqual(Object.fromEntries(keys.map((key) => [key, `Name of ${key}`])))
})

it('a read of titles that is aborted fails with the reason, instead of a result without titles', async () => {
  vi.stubGlobal('fetch', async (_path: string, { signal }: RequestInit) => {
    signal?.throwIfAborted()
    return Response.json({ data: [] })
  })
  const read = readTitles([{ resource: 'countries', key: 'PAK' }], 'zh', AbortSignal.abort(new Error('left')))
  await expect(read).rejects.toThrow('left')
})
