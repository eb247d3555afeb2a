import { describe, expect, it } from 'vitest'
import { loadForm } from '../../src/dashboard/api/forms.ts'
import { countText, findRedactableProperties } from '../../src/dashboard/editing/redaction.ts'
import { field, fields } from './example-fields.ts'

/** What the form of a redaction offers and counts, without a browser. */

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
