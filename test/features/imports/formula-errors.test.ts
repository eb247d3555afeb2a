import { describe, expect, it } from 'vitest'
import { CompanionRows } from '../../../src/features/imports/mapping/companion-rows.ts'
import { convertRow, draftsOf } from '../../support/conversion.ts'

/** Converts a row with the columns `T`, `Y` and `F` to a program. */
const convert = (row: Record<string, string | number>, more = '') =>
  convertRow(
    `{scheme: aid, ${more} records: {assistance-programs: {id: id, properties: {
      title: {template: "{T} ({Y})"}, summary: T, flowType: {from: F, codes: {ODA: oda, "#NULL!": null, "*": other_flows}}}}}}`,
    { id: 1, ...row },
  )

const failed = (column: string, value: string) => ({
  column,
  value,
  detail: `${value} is what spreadsheets show for a formula that failed.`,
})

describe('a cell whose formula failed', () => {
  it('is not filled into a template', () => {
    expect(convert({ T: 'Road', Y: '#REF!', F: 'ODA' })).toMatchObject({
      kind: 'refused',
      faults: [failed('Y', '#REF!')],
    })
  })

  it('is not one of the other codes, unless the mapping lists it', () => {
    const row = { T: 'Road', Y: 2011 }
    expect(convert({ ...row, F: '#N/A' })).toMatchObject({ kind: 'refused', faults: [failed('F', '#N/A')] })
    expect(draftsOf(convert({ ...row, F: 'OOF' }))[0]?.document.flowType).toBe('other_flows')
    expect(draftsOf(convert({ ...row, F: '#NULL!' }))[0]?.document.flowType).toBeUndefined()
  })

  it('is not one of the other codes of a code list', () => {
    const rows = [{ locator: 'row 2', values: { code: '*', value: 'other_flows' } }]
    const list = new CompanionRows(['code', 'value'], rows)
    const mapping = `{scheme: aid, records: {assistance-programs: {id: id, properties: {
      title: T, summary: T, flowType: {from: F, codes: {list: flows.csv, key: code, value: value}}}}}}`
    const convertListed = (F: string) =>
      convertRow(mapping, { id: 1, T: 'Road', F }, new Map([['flows.csv', list]]))
    expect(convertListed('#N/A')).toMatchObject({ kind: 'refused', faults: [failed('F', '#N/A')] })
    expect(draftsOf(convertListed('X'))[0]?.document.flowType).toBe('other_flows')
  })

  it('is dropped and reported if the mapping drops bad values', () => {
    const converted = convert({ T: 'Road', Y: 2011, F: '#VALUE!' }, 'onBadValue: drop,')
    expect(converted).toMatchObject({ kind: 'drafts', dropped: [failed('F', '#VALUE!')] })
    expect(draftsOf(converted)[0]?.document).toMatchObject({ title: 'Road (2011)' })
  })
})
