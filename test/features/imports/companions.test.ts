import { describe, expect, it } from 'vitest'
import { CompanionRows, companionFiles, parseMapping } from '../../../src/features/imports/mapping/index.ts'
import { registry } from '../../../src/resources/registry.ts'
import { convertRow, documentWithNames, draftsOf } from '../../support/conversion.ts'

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

describe('a joined file', () => {
  const columns = ['id', 'Amount', 'Day']
  const mapping = `
scheme: joined
join: { budgets: { file: budgets.xlsx, key: id, equals: Id } }
records:
  projects:
    id: { from: Id, default: none }
    properties:
      title: =Observatory
      kind: =observatory
      startsOn: { from: Start, date: excel }
      amounts: [{ each: budgets, kind: =budget, amount: Amount, currency: =EUR, date: { from: Day, date: excel } }]`
  const rows = [{ locator: 'row 2', values: { id: '1', Amount: 5, Day: 38_717 } }]

  it('has its own date system', () => {
    const companions = new Map([['budgets.xlsx', new CompanionRows(columns, rows, '1904')]])
    const [draft] = draftsOf(convertRow(mapping, { Id: '1', Start: 40_179 }, companions))
    expect(draft && documentWithNames(draft)).toMatchObject({
      startsOn: '2010-01-01',
      amounts: [{ date: '2010-01-01' }],
    })
  })

  it('has a note about its unmatched rows, even if no row of the imported file has a key', () => {
    const budgets = new CompanionRows(columns, rows)
    convertRow(mapping, { Id: null, Start: null }, new Map([['budgets.xlsx', budgets]]))
    expect(budgets.describeUnmatched('budgets.xlsx')).toContain(': 1 of 1, such as row 2 (id "1").')
  })
})
