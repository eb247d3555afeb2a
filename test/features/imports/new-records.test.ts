import { expect, it } from 'vitest'
import { chooseSlugs } from '../../../src/features/imports/new-records.ts'
import { registry } from '../../../src/resources/registry.ts'

/** Returns the slug of a new topic with the name `Water`, while other records have the taken slugs. */
async function chooseSlug(
  scheme: string | undefined,
  takenSlugs: readonly string[],
): Promise<string | undefined> {
  // The caller of `query` states the type of its rows.
  const tx = { query: async () => takenSlugs.map((key) => ({ key })) as never[] }
  const mention = { resource: 'topics', name: 'Water', ...(scheme !== undefined && { scheme }) }
  return [...(await chooseSlugs(tx, registry, [mention])).values()][0]
}

it('the slug of a topic is its name; with its scheme or a hash if other topics have this slug', async () => {
  expect(await chooseSlug('dac', [])).toBe('water')
  expect(await chooseSlug('dac', ['water'])).toBe('dac-water')
  expect(await chooseSlug('dac', ['water', 'dac-water'])).toMatch(/^water-[0-9a-f]{10}$/)
})

it('a topic without a scheme gets a slug with a hash if another topic has the slug of its name', async () => {
  expect(await chooseSlug(undefined, ['water'])).toMatch(/^water-[0-9a-f]{10}$/)
})
