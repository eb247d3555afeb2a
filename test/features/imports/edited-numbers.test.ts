import { describe, expect, it } from 'vitest'
import { roundNumber } from '../../../src/features/imports/mapping/values/number.ts'
import { convertRow, draftsOf } from '../../support/conversion.ts'

/** Converts a row whose column `V`, a number of JSON or XLSX, becomes the value of a figure, with the given steps. */
const convertValue = (steps: string, value: number) =>
  convertRow(
    `{scheme: counts, records: {figures: {id: id, properties: {indicator: =partners, title: =Partners, value: {from: V, ${steps}}, unit: =states}}}}`,
    { id: 1, V: value },
  )

describe('a number of JSON or XLSX in a column whose texts are edited', () => {
  it.each([
    ['replace: {EUR: ""}', 1.234],
    ['before: " EUR"', 12.345],
    ['split: "/", take: first', 1234.5],
    ['case: upper', 1e-7],
    ['codes: {none: null, "*": "*"}', 1.234],
  ])('has a decimal point, whatever notation the mapping states: %s', (steps, value) => {
    const [draft] = draftsOf(convertValue(`${steps}, number: "1.234,5", round: 2`, value))
    expect(draft?.document.value).toBe(roundNumber(value, 2))
  })

  it('has a decimal point after an edit that leaves a number', () => {
    const [draft] = draftsOf(convertValue('replace: {"-": ""}, number: "1.234,5"', -1.25))
    expect(draft?.document.value).toBe(1.25)
  })

  it('is refused as a month, which may be January or October', () => {
    const converted = convertRow(
      '{scheme: works, records: {projects: {id: id, properties: {title: =Work, kind: =joint_research, startsOn: {from: V, replace: {年: ""}}}}}}',
      { id: 1, V: 2011.1 },
    )
    expect(converted).toMatchObject({
      kind: 'refused',
      faults: [{ column: 'V', detail: expect.stringContaining('may stand for another month') }],
    })
  })
})
