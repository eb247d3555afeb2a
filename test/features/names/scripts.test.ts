import { describe, expect, it } from 'vitest'
import { resolveNames } from '../../../src/features/names/index.ts'
import { findOrCreateOrganizations } from '../../../src/features/names/organizations.ts'
import { openTestApp } from '../../support/app.ts'
import { testAuthorship } from '../../support/authorship.ts'
import { registry } from '../../support/registry.ts'
import { useOpened } from '../../support/use-opened.ts'

/** Which marks and signs of a name distinguish it from another one. */

const test = useOpened(openTestApp)

/** Finds or creates organizations in one call. @returns their keys; undefined for an ambiguous name. */
async function findOrCreate(names: string[]): Promise<(string | undefined)[]> {
  const found = await test.database.transaction((tx) =>
    findOrCreateOrganizations(
      tx,
      registry,
      names.map((name) => ({ name })),
      testAuthorship,
    ),
  )
  return found.map((one) => ('key' in one ? one.key : undefined))
}

describe('organizations', () => {
  it.each([
    ['voiced signs of kana', ['ハハ大学', 'パパ大学', 'ババ大学', 'カ学院', 'ガ学院']],
    ['vowel signs of Devanagari', ['कला संस्थान', 'काला संस्थान', 'कील संस्थान']],
    ['vowel signs of Thai', ['สถาบันกิน', 'สถาบันกิ่น', 'สถาบันกัน']],
    ['a plus or a number sign after a word', ['C Institute', 'C++ Institute', 'C# Institute']],
  ])('that differ in %s are different, in one call and in later ones', async (_, names) => {
    const keys = await findOrCreate(names)
    expect(keys).not.toContain(undefined)
    expect(new Set(keys).size).toBe(names.length)
    expect(await findOrCreate(names)).toEqual(keys)
    for (const [index, name] of names.entries()) expect(await findOrCreate([name])).toEqual([keys[index]])
  })

  it.each([
    ['accents of Latin letters', ['Universität Ärzte', 'UNIVERSITAT ARZTE']],
    ['accents of Greek and Cyrillic letters', ['Ακαδημία Ёлка', 'ακαδημια елка']],
    ['vowel points of Arabic', ['جَامِعَة', 'جامعة']],
    ['an accent that stands for an apostrophe', ['Academie d´Ivoire', "Academie d'Ivoire"]],
    ['the Unicode normalization form', ['ガギ大学'.normalize('NFD'), 'ｶﾞｷﾞ大学', 'ガギ大学']],
    ['a variant of an ideograph', ['辻\u{E0100}研究所', '辻研究所']],
    ['signs between words', ['Bosnia + Food #1', 'Bosnia+Food 1']],
  ])('that differ only in %s are the same', async (_, names) => {
    const keys = await findOrCreate(names)
    expect(keys).not.toContain(undefined)
    expect(new Set(keys).size).toBe(1)
  })
})

it('a name that lacks the voiced sign of a known name is unresolved, and that name is proposed', async () => {
  const [key] = await findOrCreate(['ガス研究所'])
  const [known, other] = await resolveNames(test.database, registry, [
    { resource: 'organizations', name: 'ガス研究所' },
    { resource: 'organizations', name: 'カス研究所' },
  ])
  expect(known).toMatchObject({ status: 'resolved', match: { key, reason: 'exact' } })
  expect(other).toMatchObject({ status: 'unresolved', candidates: [{ key, reason: 'similar' }] })
})
