import { describe, expect, it } from 'vitest'
import { enumerationsOf } from '../../src/model/enumerations.ts'
import { findLabel } from '../../src/model/labels.ts'
import { languages } from '../../src/model/languages.ts'
import { registry } from '../../src/resources/registry.ts'
import { sharedApi } from '../support/api.ts'

interface Vocabulary {
  resource: string
  property: string
  filter: string | null
  words: { word: string; label: string }[]
}

const api = await sharedApi()

const readVocabularies = async (query = '') =>
  (await api.get(`/v1/vocabularies${query}`)).json<{ data: Vocabulary[] }>().data

const words = registry.resources.flatMap((resource) =>
  enumerationsOf(resource).flatMap(({ property, words }) =>
    words.map((word) => ({ word, where: `${resource.name} ${property} ${word}` })),
  ),
)

/** What a failure asks the author of a declaration to do. */
const addLabels = 'values without a label: add labels to their declaration (`enumValues`)'

describe('the vocabulary of the service', () => {
  it('has a label in every language for every word of every enumeration', () => {
    const missing = words.filter(({ word }) => languages.some((language) => !findLabel(word)?.[language]))
    expect(
      missing.map(({ where }) => where),
      addLabels,
    ).toEqual([])
    expect(words.length).toBeGreaterThan(150)
  })
})

describe('GET /v1/vocabularies', () => {
  it('lists an enumeration with its filter, its words and their labels', async () => {
    const bases = (await readVocabularies()).find(
      ({ resource, property }) => resource === 'cooperation-bases' && property === 'kind',
    )
    expect(bases?.filter).toBe('kind')
    expect(bases?.words).toContainEqual({ word: 'st_cooperation_base', label: 'S&T cooperation base' })
  })

  it('has the labels in Chinese with lang=zh', async () => {
    const roles = (await readVocabularies('?lang=zh')).find(
      ({ resource, property }) => resource === 'agreements' && property === 'parties.role',
    )
    expect(roles).toMatchObject({ filter: 'role', words: [{ word: 'party', label: '缔约方' }, {}, {}, {}] })
  })

  it('names a filter whose name differs from the property, and null if there is no filter', async () => {
    const filters = (await readVocabularies())
      .filter(({ resource }) => resource === 'projects' || resource === 'agreements')
      .map(({ property, filter }) => [property, filter])
    expect(filters).toContainEqual(['amounts.kind', 'amountKind'])
    expect(filters).toContainEqual(['relations.kind', null])
  })

  it('names only filters that take every word of the vocabulary', async () => {
    const filtered = (await readVocabularies()).filter(({ filter }) => filter !== null)
    for (const { resource, filter, words } of filtered) {
      const list = `/v1/${resource}?limit=1&${filter}=${words.map(({ word }) => word).join()}`
      expect((await api.get(list)).status, list).toBe(200)
    }
    expect(filtered.length).toBeGreaterThan(20)
  })
})
