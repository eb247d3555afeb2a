import { describe, expect, it } from 'vitest'
import { resolveNames } from '../../../src/features/names/index.ts'
import { openTestApp } from '../../support/app.ts'
import { registry } from '../../support/registry.ts'
import { useOpened } from '../../support/use-opened.ts'

/**
 * Texts that name two countries, although most have the words of one name (such as `Netherlands India`, a former name of Indonesia),
 * and names of one country that look like two.
 */

const test = useOpened(openTestApp)

async function resolveCountry(name: string, on?: string) {
  const [resolution] = await resolveNames(test.database, registry, [{ resource: 'countries', name, on }])
  if (!resolution) throw new Error(`there is no resolution of "${name}"`)
  return resolution
}

describe('a text that may name two countries', () => {
  it.each([
    ['India and Netherlands', ['IND', 'NLD']],
    ['India, Netherlands', ['IND', 'NLD']],
    ['India–Netherlands', ['IND', 'NLD']],
    ['India Netherlands', ['IND', 'NLD']],
    ['Government of India, Government of the Netherlands', ['IND', 'NLD']],
    ['USA and Mexico', ['USA', 'MEX']],
    ['US-Mexico', ['USA', 'MEX']],
    ['Mexico, United States', ['MEX', 'USA']],
    ['Brazil/USA', ['BRA', 'USA']],
    ['USA & Venezuela', ['USA', 'VEN']],
    ['United Kingdom, Libya', ['GBR', 'LBY']],
    ['China and Taiwan', ['CHN', 'TWN']],
    ['China + Taiwan', ['CHN', 'TWN']],
    ['China and Hong Kong', ['CHN', 'HKG']],
    ['China; Hong Kong', ['CHN', 'HKG']],
    ['China and Macao', ['CHN', 'MAC']],
    ['Norway and Sweden', ['NOR', 'SWE']],
    ['Austria, Hungary', ['AUT', 'HUN']],
    ['Serbia; Montenegro', ['SRB', 'MNE']],
    ['Germany/Japan', ['DEU', 'JPN']],
  ])('is ambiguous, with or without a date: %s', async (name, keys) => {
    for (const on of [undefined, '2015']) {
      const { status, match, candidates } = await resolveCountry(name, on)
      expect({ status, match }).toEqual({ status: 'ambiguous', match: undefined })
      expect(candidates.map(({ key }) => key)).toEqual(expect.arrayContaining(keys))
    }
  })

  it('is not resolved if only its first part is a name: Korea and Democratic Republic', async () => {
    expect(await resolveCountry('Korea and Democratic Republic')).toMatchObject({ status: 'unresolved' })
  })
})

describe('a name of one country', () => {
  it.each([
    ['Korea, Republic of', 'KOR'],
    ['Tanzania, United Republic of', 'TZA'],
    ['Brazil, United States of', 'BRA'],
    ['Libya, United Kingdom of', 'LBY'],
    ['Hong Kong, China', 'HKG'],
    ['China, Hong Kong', 'HKG'],
    ['Macao, China', 'MAC'],
    ['Taiwan, China', 'TWN'],
    ['Taiwan (China)', 'TWN'],
    ['Virgin Islands, U.S.', 'VIR'],
    ['Bosnia & Herzegovina', 'BIH'],
    ['Herzegovina and Bosnia', 'BIH'],
    ['Trinidad and Tobago', 'TTO'],
    ['Tobago & Trinidad', 'TTO'],
    ['Antigua y Barbuda', 'ATG'],
    ['Serbia and Montenegro', 'SCG'],
    ['Government of Serbia & Montenegro', 'SCG'],
    ['Austria–Hungary', 'XAH'],
    ['Myanmar, Burma', 'MMR'],
    ['Holy See and Vatican City State', 'VAT'],
    ['Bosnie et Herzégovine', 'BIH'],
    ['Papouasie et Nouvelle-Guinée', 'PNG'],
  ])('is resolved, although it has two parts or another order: %s', async (name, key) => {
    expect(await resolveCountry(name)).toMatchObject({ status: 'resolved', match: { key } })
  })

  it.each([
    ['Norway and Sweden', '1850', 'XSN'],
    ['Austria and Hungary', '1900', 'XAH'],
    ['Montenegro and Serbia', '2004', 'SCG'],
  ])('is resolved to a union of two countries in its years: %s in %s', async (name, on, key) => {
    expect(await resolveCountry(name, on)).toMatchObject({ status: 'resolved', match: { key } })
  })
})
