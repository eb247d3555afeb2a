import { beforeAll, describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'

const api = useTestApi()
const title = 'Waste/water, U.S.-Kenya programme 2014–2020 (COVID-19/SARS; version 3.5)'
const signs =
  'No\u2011break\u00a0thin\u2009space • dotted·middot™ arrow→euro€5 <tagged words> 「能源」bracketed عام،comma'
beforeAll(async () => {
  await api.post('/v1/agreements', { title, kind: 'other' })
  await api.post('/v1/agreements', { title: signs, kind: 'other' })
})

/** The titles of the agreements that match the words. */
async function titlesWith(q: string): Promise<string[]> {
  const response = await api.get(`/v1/agreements?${new URLSearchParams({ q, fields: 'title' })}`)
  return response.json<{ data: { title: string }[] }>().data.map((record) => record.title)
}

describe('the filter q', () => {
  it.each([
    'waste',
    'water kenya',
    'waste/water',
    '"waste water"',
    '2014',
    '2020',
    '2014-2020',
    '2014–2020',
    'covid',
    'COVID-19',
    'sars 19',
    '3.5',
    'U.S.',
  ])('finds words that are joined by a slash, a point, a hyphen or a dash: %s', async (q) => {
    expect(await titlesWith(q)).toContain(title)
  })

  it.each(['programme -waste/water', 'programme -covid-19', 'programme -2014-2020', '"water waste"', '5'])(
    'does not find excluded joined words, another order of words, or a part of a decimal: %s',
    async (q) => {
      expect(await titlesWith(q)).not.toContain(title)
    },
  )

  it.each([
    'no-break',
    'thin space',
    'dotted',
    'middot arrow',
    'euro tagged',
    'tagged words',
    '能源 bracketed',
    '「能源」',
    'arrow\u00a0euro',
    'dotted•middot',
    'comma عام',
  ])('finds words beside spaces, punctuation and symbols, and in angle brackets: %s', async (q) => {
    expect(await titlesWith(q)).toContain(signs)
  })

  it.each([
    'dotted -middot',
    'dotted -「能源」',
    'dotted -dotted·middot',
    '"middot dotted"',
    'middot·dotted',
  ])('excludes words beside symbols, and takes words that a symbol joins as a phrase: %s', async (q) => {
    expect(await titlesWith(q)).not.toContain(signs)
  })

  it('excludes only the whole phrase of words that a symbol joins', async () => {
    expect(await titlesWith('dotted -middot·dotted')).toContain(signs)
  })

  it.each([
    ['Agreement with the P.R.China on energy', ['China', 'P.R. China', 'P.R.China']],
    ['Fund of the U.S./Japan (China/U.K./Russia)', ['Japan', 'U.S.', 'U.S./Japan', 'Russia', 'U.K.']],
    ['COP.21, Res.2758, Art.5 of Sept.2011', ['COP', '21', 'COP 21', '2758', '5', '2011', 'Res.2758']],
    ['1.Introduction by J.Smith to E.coli', ['introduction', 'Smith', 'coli', 'J.Smith']],
    ['Contract No.1234-CHA, v2.0-beta', ['1234', 'CHA', 'No.1234-CHA', 'beta', 'v2.0-beta', 'v2.0']],
    ['Memorandum on R&D; training in A&B;C', ['R&D', 'R&D;', 'training', 'B', 'A&B']],
    ['Rio+20, Beijing+25 and 16+1', ['20', 'Rio 20', 'Rio+20', '25', '16 1', '16+1']],
    [
      'Programme 2014 -2020 (CPEC)-2030, -196 degrees',
      ['2020', '2030', '196', 'CPEC 2030', '"Programme 2014 -2020"', '"-196 degrees"'],
    ],
    ['energy~water 2011～2015', ['energy', 'water', 'energy~water', '2011', '2015', '2011~2015']],
    ['users@example.org of ハイテク・研究', ['users', 'example.org', 'users@example.org', '研究']],
  ])('finds the words of %s', async (text, queries) => {
    await api.post('/v1/agreements', { title: text, kind: 'other' })
    for (const q of queries) expect(await titlesWith(q), q).toContain(text)
  })

  it('finds joined words in the seed data, also by a search across resources', async () => {
    const { data } = (await api.get('/v1/topics?q=veterinary')).json<{ data: { slug: string }[] }>()
    expect(data.map(({ slug }) => slug)).toContain('crs-31195')
    const search = (await api.get('/v1/search?q=veterinary')).json<{ data: { key: string }[] }>()
    expect(search.data.map(({ key }) => key)).toContain('crs-31195')
  })
})

describe('the snippet of a search across resources', () => {
  const summary =
    'Training for livestock/veterinary services, waste.water plants and the plan 2014-2020, signed in the U.S. for COVID-19, <tea·coffee>.'
  beforeAll(() => api.post('/v1/agreements', { title: 'Joint snippet programme', kind: 'other', summary }))

  it.each([
    ['veterinary training', '<mark>Training</mark> for livestock/<mark>veterinary</mark> services'],
    [
      'livestock plants',
      'Training for <mark>livestock</mark>/veterinary services, waste.water <mark>plants</mark>',
    ],
    ['water services', 'livestock/veterinary <mark>services</mark>, waste.<mark>water</mark> plants'],
    ['2014 plants', 'waste.water <mark>plants</mark> and the plan <mark>2014</mark>-2020'],
    ['2020 plants', 'waste.water <mark>plants</mark> and the plan 2014-<mark>2020</mark>'],
    [
      'livestock/veterinary plants',
      '<mark>livestock/veterinary</mark> services, waste.water <mark>plants</mark>',
    ],
    ['2014-2020 plants', '<mark>plants</mark> and the plan <mark>2014</mark><mark>-2020</mark>'],
    [
      'tea plants',
      '<mark>plants</mark> and the plan 2014-2020, signed in the U.S. for COVID-19, &lt;<mark>tea</mark>·coffee',
    ],
    ['U.S. plants', '<mark>plants</mark> and the plan 2014-2020, signed in the <mark>U.S</mark>.'],
  ])('marks the words of %s in joined words', async (q, expected) => {
    const response = await api.get(`/v1/search?${new URLSearchParams({ q, resource: 'agreements' })}`)
    const { data } = response.json<{ data: { title: string; snippet: string }[] }>()
    expect(data.find(({ title }) => title === 'Joint snippet programme')?.snippet).toContain(expected)
  })

  const text = 'Laboratories of the P.R.China for R&D; Rio+20, Art.5'
  it.each([
    ['China laboratories', '<mark>Laboratories</mark> of the P.R.<mark>China</mark>'],
    ['R&D laboratories', '<mark>Laboratories</mark> of the P.R.China for <mark>R</mark>&amp;<mark>D</mark>'],
    ['20 laboratories', '<mark>Laboratories</mark> of the P.R.China for R&amp;D; Rio+<mark>20</mark>'],
    ['5 laboratories', '<mark>Laboratories</mark> of the P.R.China for R&amp;D; Rio+20, Art.<mark>5</mark>'],
  ])('marks the words of %s beside points and signs', async (q, expected) => {
    const title = `Texts with points, no. ${expected.length}`
    await api.post('/v1/agreements', { title, kind: 'other', summary: text })
    const response = await api.get(`/v1/search?${new URLSearchParams({ q, resource: 'agreements' })}`)
    const { data } = response.json<{ data: { title: string; snippet: string }[] }>()
    expect(data.find((hit) => hit.title === title)?.snippet).toContain(expected)
  })
})
