import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { createRecord, ifMatch, resourceOf } from '../support/documents.ts'
import { measureProcessorTimeMs } from '../support/processor-time.ts'

/** The entries of lists after a merge: only entries that the merge has changed can become equal to others. */

const api = useTestApi()

const place = (name: string, country: string) => ({ name, country })

/** Creates a project with these locations, and merges a new country into Pakistan. @returns the project's locations then. */
async function mergeCountry(code: string, locations: object[]): Promise<object[]> {
  const country = await createRecord(resourceOf('countries'), api, { code, name: `Country ${code}` })
  const document = { title: 'In many places', kind: 'other', locations }
  const project = await createRecord(resourceOf('projects'), api, document)
  const merged = await api.post(`${country.path}/merge`, { into: 'PAK' }, ifMatch('*'))
  expect(merged.status, merged.text).toBe(200)
  return (await api.get(project.path)).json<{ locations: object[] }>().locations
}

describe('the entries of a list after a merge', () => {
  it('all stay if they do not refer to the merged record, even if some are equal', async () => {
    const unchanged = [place('A', 'CHN'), place('A', 'CHN')]
    expect(await mergeCountry('ZQA', [...unchanged, place('B', 'ZQA')])).toMatchObject([
      ...unchanged,
      place('B', 'PAK'),
    ])
  })

  it('all stay if they were equal before, and no other entry equals them now', async () => {
    const equal = [place('A', 'ZQB'), place('A', 'ZQB')]
    expect(await mergeCountry('ZQB', equal)).toMatchObject([place('A', 'PAK'), place('A', 'PAK')])
  })

  it('lack those that the merge made equal to others', async () => {
    const locations = [place('A', 'ZQC'), place('B', 'CHN'), place('A', 'PAK'), place('C', 'ZQC')]
    expect(await mergeCountry('ZQC', locations)).toMatchObject([
      place('B', 'CHN'),
      place('A', 'PAK'),
      place('C', 'PAK'),
    ])
  })

  it('take less than 10 s of processor time if 500 of them refer to the merged record', async () => {
    const locations = Array.from({ length: 500 }, (_, index) => place(`Place ${index}`, 'ZQD'))
    const timeMs = await measureProcessorTimeMs(async () => {
      expect(await mergeCountry('ZQD', locations)).toHaveLength(500)
    })
    expect(timeMs).toBeLessThan(10_000)
  })
})
