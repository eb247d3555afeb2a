import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, openApi } from '../support/api.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

type Properties = Record<string, unknown>

/** What supports a record, with its source. */
interface Citation extends Properties {
  record: { resource: string; id: string }
  property: string | null
  locator: { paragraph: string | null } | null
  excerpt: string | null
  note: string | null
  sourceDetails?: Properties
}

interface Found extends Properties {
  citations: Citation[]
}

/** All records that a list request answers: so few that they stand on one page. */
async function listed<T = Found>(request: string): Promise<T[]> {
  const { data, page } = (await api.get(request)).json<{ data: T[]; page: { next: string | null } }>()
  expect(page.next, request).toBeNull()
  return data
}

/** A question that somebody would ask, and the records that answer it: these and no others. */
interface Question {
  ask: string
  answers: Properties[]
  /** What the supporting citation has, beside the paragraph; the whole record is cited unless it says otherwise. */
  cited?: Properties
}

interface Fact {
  id: string
  fact: string
  paragraph: string
  questions: Question[]
}

const country = (code: string, more: Properties = {}) => expect.objectContaining({ country: code, ...more })
const region = (code: string, more: Properties = {}) => expect.objectContaining({ region: code, ...more })

const signed = (month: string) => [{ kind: 'signed', date: month, note: null }]

/** One of the big science programmes, in which all of paragraph 5 take part. */
const megaScience = (title: string, ...topics: string[]) => ({
  title: expect.stringContaining(title),
  kind: 'mega_science',
  participants: [country('CHN'), country('USA'), country('JPN'), country('RUS'), region('150')],
  topics,
})

/** A count that the interview gives of China, in the month of its occasion. */
const chineseFigure = (value: number, qualifier = 'exact') => ({
  value,
  qualifier,
  country: 'CHN',
  asOf: '2011-08',
})

const helpForDevelopingCountries = (modality: string) => ({
  modality,
  participants: [country('CHN', { role: 'donor' }), region('902', { role: 'recipient' })],
})

/** A programme under the memorandum of November 2008. */
const underTheMemorandum = (title: string) => ({
  title: expect.stringContaining(title),
  modality: 'environment',
  participants: expect.arrayContaining([region('002', { role: 'beneficiary' })]),
  agreementDetails: [
    expect.objectContaining({
      kind: 'memorandum_of_understanding',
      signedOn: '2008-11',
      level: 'interagency',
    }),
  ],
})

const facts: Fact[] = [
  {
    id: 'F01',
    fact: 'China and Pakistan signed cooperation documents in science, technology and energy',
    paragraph: '1',
    questions: [
      {
        ask: '/v1/agreements?country=PAK&topic=energy',
        answers: [
          {
            kind: 'cooperation_documents',
            status: 'signed',
            signedOn: '2011-04',
            parties: [
              country('CHN', { role: 'party', actions: signed('2011-04') }),
              country('PAK', { role: 'party', actions: signed('2011-04') }),
            ],
            topics: ['science-and-technology', 'energy'],
          },
        ],
      },
    ],
  },
  {
    id: 'F02',
    fact: 'China and the United States agreed at the third round of their dialogue to cooperate more on innovation',
    paragraph: '1',
    questions: [
      {
        ask: '/v1/agreements?country=USA&topic=innovation&signedOn=2011',
        answers: [
          {
            kind: 'dialogue_outcome',
            signedOn: '2011-05',
            occasion: expect.stringMatching(/^Third round .*Strategic and Economic Dialogue/),
            parties: [country('CHN'), country('USA')],
            topics: ['innovation'],
          },
        ],
      },
    ],
  },
  {
    id: 'F03',
    fact: 'China and Germany decided on a strategic partnership on electric cars and wider cooperation around energy',
    paragraph: '1',
    questions: [
      {
        ask: '/v1/agreements?kind=strategic_partnership&country=DEU&q=electric+cars',
        answers: [
          {
            signedOn: '2011-06',
            parties: [country('CHN'), country('DEU')],
            topics: ['electric-vehicles', 'new-energy', 'energy-conservation', 'environmental-protection'],
          },
        ],
      },
    ],
  },
  {
    id: 'F04',
    fact: "China's science ministry and UNEP signed a memorandum on African environmental technology",
    paragraph: '11',
    questions: [
      {
        ask: '/v1/agreements?region=002&role=beneficiary&include=organizations',
        answers: [
          {
            kind: 'memorandum_of_understanding',
            level: 'interagency',
            status: 'signed',
            signedOn: '2008-11',
            organizations: expect.arrayContaining([
              expect.objectContaining({ acronym: 'MOST', country: 'CHN', type: 'government' }),
              expect.objectContaining({ acronym: 'UNEP', country: null, type: 'multilateral' }),
            ]),
            parties: [
              expect.objectContaining({ organization: expect.any(String), role: 'party' }),
              expect.objectContaining({ organization: expect.any(String), role: 'party' }),
              region('002', { role: 'beneficiary' }),
            ],
          },
        ],
      },
    ],
  },
  {
    id: 'F05',
    fact: 'The source is an interview with Jin Xiaoming on the occasion of the ninth working conference of 2011',
    paragraph: '2',
    questions: [
      {
        ask: '/v1/sources?kind=interview&q="Jin+Xiaoming"&publishedOn[gte]=2011&language=en',
        answers: [
          {
            publishedOn: '2011-08',
            interviewee: expect.stringMatching(/^Jin Xiaoming\b.*Ministry of Science and Technology/),
            publisher: 'China Internet Information Center',
            author: expect.stringContaining("People's Daily"),
            occasion: expect.stringMatching(/Ninth Working Conference.*28 August 2011/),
            language: 'en',
          },
        ],
      },
    ],
  },
  {
    id: 'F06',
    fact: '2011 is the first year of the 12th Five-Year Plan',
    paragraph: '2',
    questions: [
      {
        ask: '/v1/sources?q="five-year+plan"',
        answers: [
          { context: expect.stringMatching(/2011 as the first year of China's 12th Five-Year Plan/) },
        ],
        cited: { property: '/context' },
      },
    ],
  },
  ...[
    ['F07', 'Climate change', 'climate', 'climate-change'],
    [
      'F08',
      'Energy and environmental protection',
      'energy+environmental',
      'energy-and-environmental-protection',
    ],
    ['F09', 'Food security', '"food+security"', 'food-security'],
    ['F10', 'Prevention and control of major diseases', 'diseases', 'major-diseases'],
    ['F11', 'Formulation of international standards', 'standards', 'international-standards'],
  ].map(
    ([id = '', name = '', q = '', slug = '']): Fact => ({
      id,
      fact: `${name}: a global challenge that diplomacy takes up`,
      paragraph: '3',
      questions: [
        { ask: `/v1/topics?scheme=challenge&q=${q}`, answers: [{ slug, name, scheme: 'challenge' }] },
      ],
    }),
  ),
  {
    id: 'F12',
    fact: 'China has started technological cooperation with 152 countries and regions',
    paragraph: '4',
    questions: [
      {
        ask: '/v1/figures?country=CHN&asOf=2011-08&q=countries+technological+cooperation',
        answers: [
          {
            ...chineseFigure(152),
            unit: 'countries and regions',
            query: expect.stringMatching(/^\/v1\/countries\?/),
          },
        ],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F13',
    fact: 'China has sent 141 technological diplomats abroad',
    paragraph: '4',
    questions: [
      {
        ask: '/v1/figures?country=CHN&asOf=2011-08&q=diplomats+-institutions',
        answers: [{ ...chineseFigure(141), unit: 'technological diplomats' }],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F14',
    fact: 'The diplomats were sent to 69 institutions',
    paragraph: '4',
    questions: [
      {
        ask: '/v1/figures?country=CHN&asOf=2011-08&unit=institutions',
        answers: [{ ...chineseFigure(69), title: expect.stringContaining('diplomats') }],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F15',
    fact: 'These institutions are in 46 countries',
    paragraph: '4',
    questions: [
      {
        ask: '/v1/figures?country=CHN&asOf=2011-08&unit=countries',
        answers: [{ ...chineseFigure(46), indicator: 'countries_with_technological_diplomats' }],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F16',
    fact: 'China has joined more than 200 intergovernmental organizations',
    paragraph: '4',
    questions: [
      {
        ask: '/v1/figures?country=CHN&qualifier=more_than&value[gte]=200',
        answers: [{ ...chineseFigure(200, 'more_than'), unit: 'organizations' }],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F17',
    fact: 'China takes part in ITER',
    paragraph: '5',
    questions: [
      {
        ask: '/v1/projects?kind=mega_science&country=CHN&topic=energy',
        answers: [megaScience('International Thermonuclear Experimental Reactor', 'fusion')],
      },
    ],
  },
  {
    id: 'F18',
    fact: 'China takes part in the Integrated Ocean Drilling Program',
    paragraph: '5',
    questions: [
      {
        ask: '/v1/projects?kind=mega_science&country=CHN&topic=ocean',
        answers: [megaScience('Integrated Ocean Drilling Program', 'ocean')],
      },
    ],
  },
  {
    id: 'F19',
    fact: 'China takes part in the Global Earth Observation System, whose usual name a note gives',
    paragraph: '5',
    questions: [
      {
        ask: '/v1/projects?kind=mega_science&country=CHN&q="earth+observation"',
        answers: [megaScience('Global Earth Observation System', 'earth-observation')],
      },
      {
        ask: '/v1/projects?kind=mega_science&topic=earth-observation',
        answers: [{ title: expect.stringContaining('GEOS') }],
        cited: { property: '/title', rank: 'deprecated', note: expect.stringContaining('GEOSS') },
      },
    ],
  },
  ...[
    { id: 'F20', kind: 'international_innovation_zone', level: 'state', count: 5, unit: 'zones' },
    { id: 'F21', kind: 'joint_research_centre', level: 'state', count: 33, unit: 'centres' },
    { id: 'F22', kind: 'st_cooperation_base', level: null, count: 222, unit: 'bases' },
  ].map(
    ({ id, kind, level, count, unit }): Fact => ({
      id,
      fact: `China has ${count} ${level === null ? '' : 'state-level '}${unit} of kind ${kind}`,
      paragraph: '6',
      questions: [
        {
          ask: `/v1/cooperation-bases?country=CHN&kind=${kind}`,
          answers: [{ level, unitCount: count, unitCountQualifier: 'exact', participants: [country('CHN')] }],
          cited: { property: '/unitCount' },
        },
        {
          ask: `/v1/figures?country=CHN&asOf=2011-08&unit=${unit}`,
          answers: [chineseFigure(count)],
          cited: { property: '/value' },
        },
      ],
    }),
  ),
  {
    id: 'F23',
    fact: 'Shengrui developed an eight-speed transmission with a German concept, British design and Japanese management',
    paragraph: '8',
    questions: [
      {
        ask: '/v1/projects?country=GBR&role=contributor&include=organizations',
        answers: [
          {
            kind: 'technology_development',
            participants: [
              expect.objectContaining({ organization: expect.any(String), role: 'developer' }),
              country('DEU', { role: 'contributor', contribution: 'Concept' }),
              country('GBR', { role: 'contributor', contribution: 'Design' }),
              country('JPN', { role: 'contributor', contribution: 'Managerial experience' }),
            ],
            organizations: [
              expect.objectContaining({ name: expect.stringContaining('Shengrui'), country: 'CHN' }),
            ],
            outcomes: expect.stringMatching(/^Claimed as the world's first.*property rights are claimed/),
          },
        ],
      },
      {
        ask: '/v1/projects?country=CHN&role=developer',
        answers: [{ title: expect.stringMatching(/eight-speed.*front-engine, front-drive/i) }],
        cited: { property: '/participants' },
      },
    ],
  },
  {
    id: 'F24',
    fact: "The Indonesia-China Center for Ocean and Climate is China's first joint research entity overseas",
    paragraph: '8',
    questions: [
      {
        ask: '/v1/cooperation-bases?hostCountry=IDN&topic=ocean',
        answers: [
          {
            name: 'Indonesia-China Center for Ocean and Climate',
            kind: 'overseas_joint_research_entity',
            participants: [country('CHN'), country('IDN')],
            topics: expect.arrayContaining(['ocean', 'climate']),
            summary: expect.stringContaining("China's first overseas joint research entity"),
          },
        ],
      },
    ],
  },
  {
    id: 'F25',
    fact: 'The cosmic ray observatory at Yangbajing is shared with Italy and lies at 4,300 metres',
    paragraph: '8',
    questions: [
      {
        ask: '/v1/cooperation-bases?country=ITA&kind=observatory',
        answers: [
          {
            name: 'Yangbajing International Cosmic Ray Observatory',
            participants: [country('CHN'), country('ITA')],
            hostCountry: 'CHN',
            location: expect.objectContaining({ country: 'CHN', elevationMetres: 4300 }),
            summary: expect.stringContaining('most extensive and highest'),
          },
        ],
      },
      {
        ask: '/v1/cooperation-bases?locationCountry=CHN&topic=cosmic-rays',
        answers: [{ location: expect.objectContaining({ elevationMetres: 4300 }) }],
        cited: { property: '/location/elevationMetres' },
      },
    ],
  },
  ...[
    ['F26', 'helps to build high-tech zones', 'high_tech_zone'],
    ['F27', 'helps to build national libraries', 'national_library'],
    ['F28', 'helps to improve scientific research', 'research_capacity'],
    ['F29', 'opens international training classes', 'training'],
    ['F30', 'starts joint research', 'joint_research'],
    ['F31', 'sets up demonstration zones', 'demonstration_zone'],
  ].map(
    ([id = '', what = '', modality = '']): Fact => ({
      id,
      fact: `China ${what} with developing countries as a group`,
      paragraph: '10',
      questions: [
        {
          ask: `/v1/assistance-programs?country=CHN&role=donor&modality=${modality}`,
          answers: [helpForDevelopingCountries(modality)],
        },
        {
          ask: `/v1/assistance-programs?region=902&role=recipient&modality=${modality}`,
          answers: [helpForDevelopingCountries(modality)],
        },
      ],
    }),
  ),
  {
    id: 'F32',
    fact: 'A station in South Africa gives free satellite data for Africa; that Pakistan is its partner is doubted in a note',
    paragraph: '11',
    questions: [
      {
        ask: '/v1/assistance-programs?locationCountry=ZAF&q=satellite',
        answers: [
          {
            modality: 'data_service',
            participants: [country('CHN'), country('PAK'), region('002', { role: 'beneficiary' })],
            location: expect.objectContaining({ country: 'ZAF' }),
            summary: expect.stringMatching(
              /free of charge.*agricultural assessment, disaster relief and environmental supervision/,
            ),
          },
        ],
      },
      {
        ask: '/v1/assistance-programs?country=PAK',
        answers: [{ modality: 'data_service' }],
        cited: {
          property: '/participants/1',
          rank: 'deprecated',
          note: expect.stringMatching(/CBERS.*Brazil/),
        },
      },
    ],
  },
  {
    id: 'F33',
    fact: 'A programme on African water treatment was launched under the memorandum of 2008',
    paragraph: '11',
    questions: [
      {
        ask: '/v1/assistance-programs?region=002&topic=water-treatment&include=agreementDetails',
        answers: [underTheMemorandum('water treatment')],
      },
    ],
  },
  {
    id: 'F34',
    fact: 'A programme on African environmental monitoring was launched under the memorandum of 2008',
    paragraph: '11',
    questions: [
      {
        ask: '/v1/assistance-programs?modality=environment&q=monitoring&include=agreementDetails',
        answers: [underTheMemorandum('environmental monitoring')],
      },
    ],
  },
  {
    id: 'F35',
    fact: 'China works on the big science programmes with Europe, the United States, Japan and Russia',
    paragraph: '5',
    questions: [
      {
        ask: '/v1/projects?country=RUS&kind=mega_science&sort=title',
        answers: [
          megaScience('Global Earth Observation System', 'earth-observation'),
          megaScience('Integrated Ocean Drilling Program', 'ocean'),
          megaScience('International Thermonuclear Experimental Reactor', 'fusion'),
        ],
        cited: { property: '/participants' },
      },
    ],
  },
  {
    id: 'F36',
    fact: 'The principle for the future is innovation in openness and win-win cooperation',
    paragraph: '12',
    questions: [
      {
        ask: '/v1/sources?q=openness+"win-win+cooperation"',
        answers: [
          {
            title: 'Scientific and Technological Diplomacy',
            context: expect.stringContaining('innovation in openness and win-win cooperation'),
          },
        ],
        cited: { property: '/context' },
      },
    ],
  },
]

/** The request with the citations in its answer. */
const withCitations = (request: string) =>
  request.includes('include=')
    ? request.replace('include=', 'include=citations,')
    : `${request}&include=citations`

const interview = expect.objectContaining({
  kind: 'interview',
  title: 'Scientific and Technological Diplomacy',
})

describe('each fact of the interview answers a question that is asked about it, and says where it stands', () => {
  it('is a list of 36 facts', () => {
    expect(facts.map(({ id }) => id)).toEqual(
      Array.from({ length: 36 }, (_, at) => `F${String(at + 1).padStart(2, '0')}`),
    )
  })

  it.each(facts.map((fact) => [fact.id, fact.fact, fact] as const))(
    '%s: %s',
    async (_id, _fact, { paragraph, questions }) => {
      for (const { ask, answers, cited = { property: null } } of questions) {
        const found = await listed(withCitations(ask))
        expect(found, ask).toEqual(answers.map((answer) => expect.objectContaining(answer)))
        for (const { citations } of found) {
          const support = { ...cited, locator: { paragraph, page: null }, sourceDetails: interview }
          expect(citations, ask).toContainEqual(expect.objectContaining(support))
        }
      }
    },
  )
})

describe('the interview as a whole', () => {
  it('answers what was agreed with Pakistan in April 2011, and cites the first paragraph', async () => {
    const answer = await api.get(
      '/v1/agreements?country=PAK&signedOn[gte]=2011-04&signedOn[lte]=2011-04-30&include=citations',
    )
    expect(answer.status).toBe(200)
    const { data, page } = answer.json<{ data: Found[]; page: Properties }>()
    expect(page.next).toBeNull()
    expect(data).toEqual([
      expect.objectContaining({ signedOn: '2011-04', parties: [country('CHN'), country('PAK')] }),
    ])
    const paragraphs = data[0]?.citations.map(({ locator }) => locator?.paragraph)
    expect(paragraphs).toContain('1')
  })

  it('is quoted in at most eight words at a time', async () => {
    const citations = await listed<Citation>('/v1/citations?limit=200')
    const excerpts = citations.flatMap(({ excerpt }) => excerpt ?? [])
    expect(excerpts.length).toBeGreaterThan(36)
    const tooLong = excerpts.filter((excerpt) => excerpt.split(/\s+/).length > 8)
    expect(tooLong).toEqual([])
  })

  it('is cited by every citation, at one of its twelve paragraphs', async () => {
    const citations = await listed<Citation>('/v1/citations?include=sourceDetails&limit=200')
    for (const { sourceDetails, locator, record } of citations) {
      expect(sourceDetails, JSON.stringify(record)).toEqual(interview)
      expect(locator?.paragraph, JSON.stringify(record)).toMatch(/^([1-9]|1[0-2])$/)
    }
  })

  it.each([
    ['organizations', 3],
    ['sources', 1],
    ['agreements', 4],
    ['projects', 4],
    ['cooperation-bases', 5],
    ['assistance-programs', 9],
    ['figures', 8],
  ])('supports every record of its own in %s', async (resource, count) => {
    const records = await listed(`/v1/${resource}?include=citations&limit=200`)
    expect(records).toHaveLength(count)
    const unsupported = records.filter(({ citations }) => citations.length === 0)
    expect(unsupported.map(({ title, name }) => title ?? name)).toEqual([])
  })
})
