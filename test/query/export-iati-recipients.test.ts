import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { hasIatiSchemas, validateIati } from '../support/iati.ts'
import { create } from '../support/labelled-records.ts'

/** The recipients and participating organizations of programs in the format IATI. */

const api = useTestApi({ env: { IATI_ORG_ID: 'XX-1' } })

/** Creates a program. @returns its id. */
const createProgram = (participants: object[]) =>
  create(api, 'assistance-programs', { title: 'A program', participants })

/** Creates a program, and returns the elements of its export whose name matches the pattern, in order. */
async function exportElements(namePattern: string, participants: object[]): Promise<string[]> {
  const id = await createProgram(participants)
  const { text } = await api.get(`/v1/assistance-programs/export?format=iati&id=${id}`)
  return text.match(new RegExp(`<${namePattern}(?:[^>]*/>|.*?</${namePattern}>)`, 'g')) ?? []
}

const recipients = (...countries: string[]) => countries.map((country) => ({ country, role: 'recipient' }))

describe('an export in the format iati', () => {
  it('writes current countries with their codes from the IATI code list Country', async () => {
    expect(await exportElements('recipient-country', recipients('PAK', 'XKX'))).toEqual([
      '<recipient-country code="PK"/>',
      '<recipient-country code="XK"/>',
    ])
  })

  it('writes former states by name, and never with the code of another state', async () => {
    const former = recipients('GEL', 'SKM', 'XAH')
    expect(await exportElements('recipient-country', former)).toEqual([])
    expect(await exportElements('recipient-region', former)).toEqual([
      '<recipient-region vocabulary="99" code="GEL"><narrative>Gilbert and Ellice Islands</narrative></recipient-region>',
      '<recipient-region vocabulary="99" code="SKM"><narrative>Sikkim</narrative></recipient-region>',
      '<recipient-region vocabulary="99" code="XAH"><narrative>Austria-Hungary</narrative></recipient-region>',
    ])
  })

  it('writes a region with its UN M49 code or, if it has none, by name', async () => {
    const regions = ['002', '902', '199'].map((region) => ({ region, role: 'beneficiary' }))
    expect(await exportElements('recipient-region', regions)).toEqual([
      '<recipient-region vocabulary="2" code="002"/>',
      '<recipient-region vocabulary="99" code="902"><narrative>Developing regions</narrative></recipient-region>',
      '<recipient-region vocabulary="2" code="199"/>',
    ])
  })

  it('writes a recipient once for several roles, and an organization once for each role code', async () => {
    const organization = await create(api, 'organizations', { name: 'A twice named body', kind: 'other' })
    const both = ['recipient', 'beneficiary'].flatMap((role) => [
      { country: 'PAK', role },
      { region: '002', role },
    ])
    const partners = ['partner', 'implementer', 'funder'].map((role) => ({ organization, role }))
    expect(await exportElements('recipient-(?:country|region)', both)).toHaveLength(2)
    expect(await exportElements('participating-org', partners)).toEqual([
      expect.stringContaining('role="4"'),
      expect.stringContaining('role="1"'),
    ])
  })

  it.skipIf(!hasIatiSchemas)('with former states is valid against the XML Schema of IATI 2.03', async () => {
    await createProgram([...recipients('GEL', 'XKX'), { region: '902', role: 'recipient' }])
    const { text } = await api.get('/v1/assistance-programs/export?format=iati')
    expect(() => validateIati(text)).not.toThrow()
  })
})
