import { describe, expect, it } from 'vitest'
import { resolveNames } from '../../../src/features/names/index.ts'
import { listedNames } from '../../../src/features/names/name-lists.ts'
import { openTestApp } from '../../support/app.ts'
import { registry } from '../../support/registry.ts'
import { useOpened } from '../../support/use-opened.ts'

/** Names of former states in Chinese, French, Russian and Spanish mean what their English names mean. */

const test = useOpened(openTestApp)

/** Resolves a name of a country without a date and in some years. @returns the keys; undefined for a name that is not resolved. */
async function keysOf(name: string, years: string[] = []): Promise<(string | undefined)[]> {
  const queries = [undefined, ...years].map((on) => ({ resource: 'countries', name, ...(on && { on }) }))
  const resolved = await resolveNames(test.database, registry, queries)
  return resolved.map(({ match }) => match?.key)
}

describe('a name of a former state', () => {
  it.each([
    ['НРА', ['1950', '1985'], [undefined, 'ALB', 'AGO']],
    ['Народная Республика Ангола', ['1985'], ['AGO', 'AGO']],
    ['НРБ', ['1950', '1985'], [undefined, 'BGR', undefined]],
    ['Народная Республика Бенин', ['1985'], ['BEN', 'BEN']],
  ])(
    'is resolved if only one state had it in the year or, without a year, ever: %s in %j',
    async (name, years, keys) => {
      expect(await keysOf(name, years)).toEqual(keys)
    },
  )

  it.each([
    ['Baden', '巴登', '巴登', [undefined, 'XBD', 'DEU', 'DEU', 'DEU']],
    ['Katanga', '加丹加', '加丹加', [undefined, undefined, undefined, 'XKT', undefined]],
    ['Bavaria', '巴伐利亚', '巴伐利亞', [undefined, 'XBV', 'DEU', 'DEU', 'DEU']],
    ['Württemberg', '符腾堡', '符騰堡', [undefined, 'XWU', 'DEU', 'DEU', 'DEU']],
    ['Zanzibar', '桑给巴尔', '桑給巴爾', [undefined, undefined, 'XZZ', 'XZZ', 'TZA']],
    ['Saar', '萨尔', '薩爾', [undefined, undefined, 'XSR', undefined, undefined]],
    ['Oldenburg', '奥尔登堡', '奧爾登堡', [undefined, 'XOL', undefined, undefined, undefined]],
    ['Brunswick', '不伦瑞克', '不倫瑞克', [undefined, 'XBK', undefined, undefined, undefined]],
  ])(
    'means the same in English and both Chinese scripts, in each year: %s, %s, %s',
    async (english, simplified, traditional, keys) => {
      for (const name of [english, simplified, traditional])
        expect([name, await keysOf(name, ['1850', '1930', '1962', '2005'])]).toEqual([name, keys])
    },
  )

  it.each([
    'Западная Германия',
    'Федеративная Республика Германии',
    'Alemania Occidental',
    "Allemagne de l'Ouest",
  ])('of West Germany means Germany, with or without a year: %s', async (name) => {
    expect(await keysOf(name, ['1975', '2005'])).toEqual(['DEU', 'DEU', 'DEU'])
  })

  it.each([
    'République de Chine',
    'Chine (République de)',
    'Chine, République de',
    'Китайская Республика',
    'Республика Китай',
  ])('of the Republic of China means China in 1930, and is not resolved otherwise: %s', async (name) => {
    expect(await keysOf(name, ['1930', '1975'])).toEqual([undefined, 'CHN', undefined])
  })

  it.each([
    ['НРЮЙ', 'YMD'],
    ['Народная Республика Южного Йемена', 'YMD'],
    ['Народно-Демократическая Республика Йемен', 'YMD'],
    ['НДРЮ', undefined],
  ])('of South Yemen: %s means %s', async (name, key) => {
    expect(await keysOf(name)).toEqual([key])
  })

  it('of Libya has the same years as a Russian abbreviation and in English', async () => {
    const { list } = await listedNames('countries')
    const [english, russian] = ["Socialist People's Libyan Arab Jamahiriya", 'СНЛАД'].map((name) => {
      const entry = list.names.find((one) => one.name === name)
      return [entry?.code, entry?.from, entry?.to]
    })
    expect(english).toEqual(['LBY', 1977, 2011])
    expect(russian).toEqual(english)
  })
})
