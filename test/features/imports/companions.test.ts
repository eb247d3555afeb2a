import { describe, expect, it } from 'vitest'
import { companionFiles, parseMapping } from '../../../src/features/imports/mapping/index.ts'
import { registry } from '../../../src/resources/registry.ts'

describe('the files that a mapping names', () => {
  it.each([
    ['{ list: states }', ['states']],
    ['{ list: states.csv, value: word }', ['states.csv']],
    ['{ list: signed.old, Active: in_force }', []],
  ])('with the codes %s are %j', (codes, expected) => {
    const properties = `{ title: Title, kind: =treaty, status: { from: Status, codes: ${codes} } }`
    const mapping = `{ scheme: x, records: { agreements: { id: Id, properties: ${properties} } } }`
    expect(companionFiles(parseMapping(mapping, registry)).map(({ name }) => name)).toEqual(expected)
  })
})
