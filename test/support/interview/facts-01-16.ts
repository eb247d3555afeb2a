import { expect } from 'vitest'
import { chineseFigure, country, type Fact, region, signed } from './fact.ts'

/** The facts F01 to F16: agreements, the source, global challenges and published figures. */

export const factsFrom1To16: Fact[] = [
  {
    id: 'F01',
    fact: 'China and Pakistan signed cooperation documents in science, technology and energy',
    paragraph: '1',
    requests: [
      {
        path: '/v1/agreements?country=PAK&topic=energy',
        expected: [
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
    requests: [
      {
        path: '/v1/agreements?country=USA&topic=innovation&signedOn=2011',
        expected: [
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
    requests: [
      {
        path: '/v1/agreements?kind=strategic_partnership&country=DEU&q=electric+cars',
        expected: [
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
    requests: [
      {
        path: '/v1/agreements?region=002&role=beneficiary&include=organizations',
        expected: [
          {
            kind: 'memorandum_of_understanding',
            level: 'interagency',
            status: 'signed',
            signedOn: '2008-11',
            organizations: expect.arrayContaining([
              expect.objectContaining({ acronym: 'MOST', country: 'CHN', kind: 'government' }),
              expect.objectContaining({ acronym: 'UNEP', country: null, kind: 'multilateral' }),
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
    fact: 'The source is an interview with Jin Xiaoming; its occasion is a conference in August 2011',
    paragraph: '2',
    requests: [
      {
        path: '/v1/sources?kind=interview&q="Jin+Xiaoming"&publishedOn[gte]=2011&language=en',
        expected: [
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
    requests: [
      {
        path: '/v1/sources?q="five-year+plan"',
        expected: [
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
      requests: [
        { path: `/v1/topics?scheme=challenge&q=${q}`, expected: [{ slug, name, scheme: 'challenge' }] },
      ],
    }),
  ),
  {
    id: 'F12',
    fact: 'China has started technological cooperation with 152 countries and regions',
    paragraph: '4',
    requests: [
      {
        path: '/v1/figures?country=CHN&asOf=2011-08&q=countries+technological+cooperation',
        expected: [
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
    requests: [
      {
        path: '/v1/figures?country=CHN&asOf=2011-08&q=diplomats+-institutions',
        expected: [{ ...chineseFigure(141), unit: 'technological diplomats' }],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F14',
    fact: 'The diplomats were sent to 69 institutions',
    paragraph: '4',
    requests: [
      {
        path: '/v1/figures?country=CHN&asOf=2011-08&unit=institutions',
        expected: [{ ...chineseFigure(69), title: expect.stringContaining('diplomats') }],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F15',
    fact: 'These institutions are in 46 countries',
    paragraph: '4',
    requests: [
      {
        path: '/v1/figures?country=CHN&asOf=2011-08&unit=countries',
        expected: [{ ...chineseFigure(46), indicator: 'countries_with_technological_diplomats' }],
        cited: { property: '/value' },
      },
    ],
  },
  {
    id: 'F16',
    fact: 'China has joined more than 200 intergovernmental organizations',
    paragraph: '4',
    requests: [
      {
        path: '/v1/figures?country=CHN&qualifier=more_than&value[gte]=200',
        expected: [{ ...chineseFigure(200, 'more_than'), unit: 'organizations' }],
        cited: { property: '/value' },
      },
    ],
  },
]
