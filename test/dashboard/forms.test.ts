import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Fault } from '../../src/dashboard/api/client.ts'
import { type FormField, loadForm } from '../../src/dashboard/api/forms.ts'
import { resources } from '../../src/dashboard/api/resources.ts'
import { parseMetrics, total } from '../../src/dashboard/components/administration/metrics.ts'
import { diffLists, diffProperties, diffTexts } from '../../src/dashboard/components/history/diff.ts'
import { describeEdtf, isEdtf } from '../../src/dashboard/dates/describe-edtf.ts'
import { findDifferences, merge } from '../../src/dashboard/editing/conflicts.ts'
import {
  explainNumbers,
  groupByPointer,
  withOutdated,
  withoutItem,
} from '../../src/dashboard/editing/faults.ts'
import { canonicalJson, toDocument, toPatch } from '../../src/dashboard/editing/form-values.ts'
import { countText, findRedactableProperties } from '../../src/dashboard/editing/redaction.ts'
import { createLanguage } from '../../src/dashboard/i18n/language.ts'
import { findEdtfFault } from '../../src/model/edtf.ts'
import { registry } from '../../src/resources/registry.ts'
import { suggestEdtf } from '../../src/suggest-edtf.ts'

/** The logic of forms, conflicts, diffs, entered dates, redactions and metrics of the dashboard, without a browser. */

const field = (name: string, kind: FormField['kind'], more: Partial<FormField> = {}): FormField => ({
  name,
  kind,
  isRequired: false,
  isNullable: true,
  ...more,
})

const fields = [
  field('title', 'text', { isRequired: true, isNullable: false }),
  field('value', 'number'),
  field('location', 'object', { fields: [field('name', 'text'), field('latitude', 'number')] }),
  field('languages', 'list', { isNullable: false, item: field('languages', 'text') }),
]

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
        const merged = toPatch({}, merge(theirs, mine, found, { title: choice, value: choice }), fields)
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

describe('a diff', () => {
  it('of texts is the old text without added parts, and the new text without removed parts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const parts = diffTexts(before, after, 'en')
        const without = (status: string) =>
          parts.map((part) => (part.status === status || !('value' in part) ? '' : part.value)).join('')
        expect(without('added')).toBe(before)
        expect(without('removed')).toBe(after)
      }),
    )
  })

  it('has every item of the old and of the new list once', () => {
    // A changed item is at the place of the old item, so the order may differ.
    const sorted = (items: readonly unknown[]) => items.map(canonicalJson).sort()
    const fruit = fc.record({
      name: fc.constantFrom('apple', 'pear'),
      kind: fc.constant('fruit'),
      id: fc.nat(2),
    })
    const items = fc.array(fc.oneof(fc.jsonValue(), fruit))
    fc.assert(
      fc.property(items, items, (before, after) => {
        const parts = diffLists(before, after)
        const older = parts.flatMap((part) =>
          part.status === 'changed' ? [part.before] : part.status === 'added' ? [] : [part.value],
        )
        const newer = parts.flatMap((part) =>
          part.status === 'changed' ? [part.after] : part.status === 'removed' ? [] : [part.value],
        )
        expect(sorted(older)).toEqual(sorted(before))
        expect(sorted(newer)).toEqual(sorted(after))
      }),
    )
  })

  it('splits Chinese into words, and finds the id of another record, but no empty values', () => {
    const parts = diffTexts('中国与巴基斯坦签署协议', '中国与德国签署协议', 'zh')
    expect(parts.find(({ status }) => status === 'added')).toMatchObject({ value: '德国' })
    const diffs = diffProperties(
      { resource: 'agreements', id: 'A', place: null },
      { resource: 'agreements', id: 'B', terms: [] },
    )
    expect(diffs.map(({ name }) => name)).toEqual(['id'])
  })
})

describe('a date that is entered', () => {
  const english = createLanguage('en')

  it.each([
    ['April 2011', '2011-04'],
    ['26 April 2011', '2011-04-26'],
    ['Apr 26, 2011', '2011-04-26'],
    ['about 2011', '2011~'],
    ['2010s', '201X'],
    ['1900s', undefined],
    ['the 1800s', undefined],
    ['1900年代', '190X'],
    ['since April 2011', '2011-04/..'],
    ['2011 to 2013', '2011/2013'],
    ['between 2011 and 2013', '2011/2013'],
    ['2011 and 2013', undefined],
    ['about 2011 to 2013', '2011~/2013~'],
    ['about 2011 to about 2013', '2011~/2013~'],
    ['perhaps since 2011', '2011?/..'],
    ['约2011年至2013年', '2011~/2013~'],
    ['2011年至约2013年', '2011/2013~'],
    ['2011年4月26日', '2011-04-26'],
    ['约2011年', '2011~'],
    ['从2010年到2012年', '2010/2012'],
    ['自2010年至2012年4月', '2010/2012-04'],
    ['２０１１年４月', '2011-04'],
    ['２０１１－０４－０５', '2011-04-05'],
    ['二〇一一年四月', '2011-04'],
    ['二零一一年十二月三十一日', '2011-12-31'],
    ['约二○一○年十月二十日', '2010-10-20~'],
    ['二〇一〇年代', '201X'],
    ['2011-2013', '2011/2013'],
    ['2011..2013', '2011/2013'],
    ['20110426', '2011-04-26'],
    ['c. 2011', '2011~'],
    ['ca 2011', '2011~'],
    ['~2011', '2011~'],
    ['2011～2013', '2011/2013'],
    ['2011.12', '2011-12'],
    ['2011.22', undefined],
    ['2011年5日', undefined],
    ['4/5/2011', undefined],
    ['April 31, 2011', undefined],
  ])('as %s is suggested as %s', (text, date) => {
    expect(suggestEdtf(text, 'zh', isEdtf)).toBe(date)
    if (date) expect(findEdtfFault(date)).toBeUndefined()
  })

  it('is described with its unknown parts, and is recognized only if it is valid', () => {
    expect(describeEdtf('2011-04', english)).toEqual({
      text: 'April 2011, day unknown',
      days: 'any day from April 1, 2011 to April 30, 2011',
    })
    expect(describeEdtf('2011-04-26', english)).toEqual({ text: 'April 26, 2011' })
    for (const text of ['2011', '2011-04~', '201X', '2010-01/2010-02', '2010/..'])
      expect(isEdtf(text), text).toBe(true)
    for (const text of ['2011-13', '2011-02-30', 'soon', '2010/2009', '2010-02/2010-01'])
      expect(isEdtf(text), text).toBe(false)
  })

  it.each(['2011/soon', 'soon/2011', '2011/13', '2011/2012/2013', '2011-21-01'])(
    'as %s is not a date',
    (text) => {
      expect(findEdtfFault(text)).toBeDefined()
      expect(isEdtf(text)).toBe(false)
    },
  )
})

describe('a redaction', () => {
  const required = { isRequired: true, isNullable: false }
  it('offers texts and nullable values by pointers without indexes, those with a value first', () => {
    const party = [field('role', 'enumeration', required), field('signatory', 'text')]
    const parties = field('parties', 'list', { item: field('parties', 'participant', { fields: party }) })
    const others = [field('kind', 'enumeration', required), field('parent', 'reference'), parties]
    const record = {
      title: 'Talk with X',
      kind: 'interview',
      value: 0,
      location: null,
      languages: ['X'],
      parties: [{ role: 'party', signatory: 'X' }, { signatory: null }],
    }
    expect(findRedactableProperties([...fields, ...others], record)).toEqual([
      { pointer: '/title', kind: 'text', values: ['Talk with X'] },
      { pointer: '/value', kind: 'number', values: ['0'] },
      { pointer: '/parties/signatory', kind: 'text', values: ['X'] },
      { pointer: '/location/name', kind: 'text', values: [] },
      { pointer: '/location/latitude', kind: 'number', values: [] },
      { pointer: '/parent', kind: 'reference', values: [] },
    ])
  })

  it('counts a text in every Unicode form, without properties that the registry sets', () => {
    const record = {
      id: '2026',
      title: 'Andre\u0301, 2026',
      languages: ['Andr\u00e9'],
      createdAt: '2026-01-31T09:30:00.000Z',
    }
    expect(countText(fields, record, '2026')).toBe(1)
    expect(countText(fields, record, 'Andr\u00e9')).toBe(2)
    expect(countText(fields, record, 'Andre\u0301')).toBe(2)
    expect(countText(fields, record, '')).toBe(0)
  })

  it('counts a text neither in the visibility nor in ids that the registry assigns', async () => {
    const id = '01a22cd9-0000-7000-8000-0123456789ab'
    const party = { country: 'PAK', organization: null, region: null, role: 'party' }
    const record = {
      visibility: 'public',
      parties: [{ ...party, country: null, organization: id }, party],
      relations: [{ kind: 'amends', agreement: id }],
      externalIds: [{ scheme: 'public', id }],
    }
    const form = await loadForm('agreements')
    expect(countText(form, record, 'public')).toBe(1)
    expect(countText(form, record, id)).toBe(1)
    expect(countText(form, record, 'PAK')).toBe(1)
    expect(countText(await loadForm('organizations'), { parent: id, country: 'PAK' }, id)).toBe(0)
    expect(countText(await loadForm('citations'), { source: id, record: { id } }, id)).toBe(0)
  })
})

it('metrics are parsed with their labels, and summed', () => {
  const metrics = parseMetrics('# HELP a b\na{status="200",x="{}"} 3\na{status="500"} 1\nb 0.5\n')
  expect(total(metrics, 'a')).toBe(4)
  expect(total(metrics, 'a', ({ status = '' }) => status.startsWith('5'))).toBe(1)
  expect(total(metrics, 'b')).toBe(0.5)
  expect(total(metrics, 'c')).toBeUndefined()
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
