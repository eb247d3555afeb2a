import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Fault } from '../../src/dashboard/api/client.ts'
import { type FormField, loadForm } from '../../src/dashboard/api/forms.ts'
import { findResource, resources } from '../../src/dashboard/api/resources.ts'
import { applyChoices, findDifferences } from '../../src/dashboard/editing/conflicts.ts'
import {
  explainNumbers,
  groupByPointer,
  withOutdated,
  withoutItem,
} from '../../src/dashboard/editing/faults.ts'
import { toDocument, toPatch } from '../../src/dashboard/editing/form-values.ts'
import { createLanguage } from '../../src/dashboard/i18n/language.ts'
import { registry } from '../../src/resources/registry.ts'
import { field, fields } from './example-fields.ts'

/** The logic of the forms of the dashboard and of their conflicts, without a browser. */

describe('a form', () => {
  it('sends numbers as numbers, trims texts, and omits empty fields', () => {
    const entered = { title: ' A ', value: '1.50', location: { name: '', latitude: '' }, languages: ['en '] }
    expect(toDocument(entered, fields)).toEqual({ title: 'A', value: 1.5, languages: ['en'] })
    expect(toDocument({ value: '１２．５' }, fields)).toEqual({ value: 12.5 })
    expect(toDocument({ title: ' ', value: '1 000' }, fields)).toEqual({ value: '1 000' })
  })

  it.each([
    ['1234567890123456', 1234567890123456],
    ['-1e-7', -1e-7],
    ['0.00000000000000000012', 1.2e-19],
    ['12345678901234567890', '12345678901234567890'],
    ['9007199254740991.4', '9007199254740991.4'],
    ['1e-400', '1e-400'],
  ])('sends %s as a number only if a number can hold it', (text, value) => {
    expect(toDocument({ value: text }, fields)).toEqual({ value })
  })

  it('patches only properties that differ, and none of an unchanged record', () => {
    const before = { title: 'A', value: 1, location: { name: 'X', latitude: null }, languages: [] }
    expect(toPatch(before, before, fields)).toEqual({})
    expect(toPatch(before, { ...before, value: '', title: 'B' }, fields)).toEqual({ title: 'B', value: null })
    const emptied = { ...before, location: { name: '', latitude: '' } }
    expect(toPatch(before, emptied, fields)).toEqual({ location: null })
  })

  it('patches an emptied part of an object with null, so that the service can refuse it', () => {
    const part = (name: string) => field(name, 'number', { isRequired: true, isNullable: false })
    const point = field('point', 'object', { fields: [part('longitude'), part('latitude')] })
    const before = { point: { longitude: 30, latitude: 10 } }
    const emptied = { point: { longitude: '30', latitude: '' } }
    expect(toPatch(before, emptied, [point])).toEqual({ point: { longitude: 30, latitude: null } })
    expect(toDocument(emptied, [point])).toEqual({ point: { longitude: 30 } })
  })
})

describe('the form of each resource', () => {
  const flatten = (fields: readonly FormField[]): FormField[] =>
    fields.flatMap((parent) => [
      parent,
      ...flatten(parent.fields ?? []),
      ...flatten(parent.item ? [parent.item] : []),
    ])

  it.each(resources)(
    'has a field for each property that clients send, and no others: $name',
    async ({ name }) => {
      const names = (await loadForm(name)).map((formField) => formField.name)
      const expected = Object.keys(registry.get(name).document.shape)
      expect(names.toSorted(), 'the forms are from `npm run build`').toEqual(expected.toSorted())
    },
  )

  it.each(resources)('translates hints: $name', async ({ name }) => {
    const fields = flatten(await loadForm(name))
    const hints = fields.flatMap(({ hint }) => (hint === undefined ? [] : [hint]))
    expect(hints.length).toBeGreaterThan(0)
    const missing = hints.filter((hint) => hint.zh === undefined)
    expect(missing, 'missing in src/dashboard/i18n/hints.zh.json').toEqual([])
  })

  it.each(resources)('has a Chinese label for each property: $name', async ({ name }) => {
    const { find } = createLanguage('zh')
    const names = flatten(await loadForm(name)).map((formField) => formField.name)
    const missing = names.filter(
      (property) => find(`property.${property}`) === undefined && findResource(property) === undefined,
    )
    expect(missing, 'missing in src/dashboard/i18n/zh.json, as property.<name>').toEqual([])
  })

  it.each(resources)(
    'keeps line breaks in the texts that may have several lines, and in no others: $name',
    async ({ name }) => {
      const { shape } = registry.get(name).document
      const form = await loadForm(name)
      const ofKind = (wanted: FormField['kind']) =>
        form.filter(({ kind }) => kind === wanted).map((formField) => formField.name)
      const acceptsLineBreaks = (property: string) =>
        shape[property] !== undefined && z.safeParse(shape[property], 'one\ntwo').success
      expect(ofKind('text').filter(acceptsLineBreaks)).toEqual([])
      expect(ofKind('longText').filter((property) => !acceptsLineBreaks(property))).toEqual([])
    },
  )
})

describe('a conflict', () => {
  const base = { title: 'A', value: 1, languages: ['en'] }

  it('requires a choice only for properties that both sides have changed', () => {
    const found = findDifferences(
      fields,
      base,
      { ...base, title: 'B', value: 2 },
      { ...base, title: 'C', languages: ['zh'] },
    )
    expect(found.map(({ field: { name }, winner }) => [name, winner])).toEqual([
      ['title', undefined],
      ['value', 'theirs'],
      ['languages', 'mine'],
    ])
  })

  it('keeps changes of one side, and the chosen value of a property that both sides changed', () => {
    // An unknown value is an empty text in a form, and null in a record.
    const recorded = fc.record({ title: fc.constantFrom('A', 'B'), value: fc.constantFrom(1, 2, null) })
    const entered = fc.record({ title: fc.constantFrom('A', 'B'), value: fc.constantFrom('1', '2', '') })
    const choices = fc.constantFrom('mine' as const, 'theirs' as const)
    fc.assert(
      fc.property(recorded, recorded, entered, choices, (first, theirs, mine, choice) => {
        const found = findDifferences(fields, first, theirs, mine)
        const merged = toPatch(
          {},
          applyChoices(theirs, mine, found, { title: choice, value: choice }),
          fields,
        )
        const sent = toPatch({}, mine, fields)
        for (const name of ['title', 'value'] as const) {
          const sentValue = sent[name] ?? null
          const isMine = theirs[name] === first[name] || (sentValue !== first[name] && choice === 'mine')
          expect(merged[name] ?? null).toBe(isMine ? sentValue : theirs[name])
        }
      }),
    )
  })
})

describe('a text that is entered for a number', () => {
  it('gets a fault that says how to write a number', () => {
    const fault = { pointer: '/value', code: 'wrong_type', message: 'must be a number, not text' }
    const [explained] = explainNumbers([fault], toDocument({ value: '1,234.5' }, fields))
    expect(explained).toEqual({
      ...fault,
      message: 'must be a number in decimal digits, such as 200 or 12.5',
    })
  })

  it('leaves the faults of other values unchanged, even if a text consists of digits', () => {
    const fault = { pointer: '/title', code: 'required', message: 'is missing' }
    expect(explainNumbers([fault], toDocument({ title: '' }, fields))).toEqual([fault])
    const digits = { pointer: '/title', code: 'pattern', message: 'must be three digits' }
    expect(explainNumbers([digits], toDocument({ title: '12345678901234567890' }, fields))).toEqual([digits])
  })
})

describe('the fault of an item that repeats an earlier one', () => {
  const faults = [{ pointer: '/parties/1', code: 'repeated', message: 'has PAK as party a second time' }]
  const shown = (remaining: readonly Fault[]) => [...groupByPointer(remaining).keys()]

  it('is no longer shown after an earlier item was removed or changed', () => {
    expect(shown(withoutItem(faults, '/parties', 0))).toEqual([])
    expect(shown(withOutdated(faults, ['/parties/0/role']))).toEqual([])
  })

  it('is still shown after a later item was removed or changed, or an item was added', () => {
    expect(shown(withoutItem(faults, '/parties', 2))).toEqual(['/parties/1'])
    expect(shown(withOutdated(faults, ['/parties/2/role', '/parties', '/title']))).toEqual(['/parties/1'])
  })
})
