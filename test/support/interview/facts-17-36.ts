import { expect } from 'vitest'
import {
  chineseFigure,
  country,
  type Fact,
  megaScience,
  programForDevelopingCountries,
  programUnderMemorandum,
  region,
} from './fact.ts'

/** The facts F17 to F36: projects, cooperation bases, assistance and principles. */

export const factsFrom17To36: Fact[] = [
  {
    id: 'F17',
    fact: 'China takes part in ITER',
    paragraph: '5',
    requests: [
      {
        path: '/v1/projects?kind=mega_science&country=CHN&topic=energy',
        expected: [megaScience('International Thermonuclear Experimental Reactor', 'fusion')],
      },
    ],
  },
  {
    id: 'F18',
    fact: 'China takes part in the Integrated Ocean Drilling Program',
    paragraph: '5',
    requests: [
      {
        path: '/v1/projects?kind=mega_science&country=CHN&topic=ocean',
        expected: [megaScience('Integrated Ocean Drilling Program', 'ocean')],
      },
    ],
  },
  {
    id: 'F19',
    fact: 'China takes part in the Global Earth Observation System; a note gives its usual name',
    paragraph: '5',
    requests: [
      {
        path: '/v1/projects?kind=mega_science&country=CHN&q="earth+observation"',
        expected: [megaScience('Global Earth Observation System', 'earth-observation')],
      },
      {
        path: '/v1/projects?kind=mega_science&topic=earth-observation',
        expected: [{ title: expect.stringContaining('GEOS') }],
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
      requests: [
        {
          path: `/v1/cooperation-bases?country=CHN&kind=${kind}`,
          expected: [
            { level, unitCount: count, unitCountQualifier: 'exact', participants: [country('CHN')] },
          ],
          cited: { property: '/unitCount' },
        },
        {
          path: `/v1/figures?country=CHN&asOf=2011-08&unit=${unit}`,
          expected: [chineseFigure(count)],
          cited: { property: '/value' },
        },
      ],
    }),
  ),
  {
    id: 'F23',
    fact: 'Shengrui developed an eight-speed transmission with a German concept, British design and Japanese management',
    paragraph: '8',
    requests: [
      {
        path: '/v1/projects?country=GBR&role=contributor&include=organizations',
        expected: [
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
        path: '/v1/projects?country=CHN&role=developer',
        expected: [{ title: expect.stringMatching(/eight-speed.*front-engine, front-drive/i) }],
        cited: { property: '/participants' },
      },
    ],
  },
  {
    id: 'F24',
    fact: "The Indonesia-China Center for Ocean and Climate is China's first joint research entity overseas",
    paragraph: '8',
    requests: [
      {
        path: '/v1/cooperation-bases?hostCountry=IDN&topic=ocean',
        expected: [
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
    requests: [
      {
        path: '/v1/cooperation-bases?country=ITA&kind=observatory',
        expected: [
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
        path: '/v1/cooperation-bases?locationCountry=CHN&topic=cosmic-rays',
        expected: [{ location: expect.objectContaining({ elevationMetres: 4300 }) }],
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
      requests: [
        {
          path: `/v1/assistance-programs?country=CHN&role=donor&modality=${modality}`,
          expected: [programForDevelopingCountries(modality)],
        },
        {
          path: `/v1/assistance-programs?region=902&role=recipient&modality=${modality}`,
          expected: [programForDevelopingCountries(modality)],
        },
      ],
    }),
  ),
  {
    id: 'F32',
    fact: 'A station in South Africa gives free satellite data for Africa; a note doubts that Pakistan is its partner',
    paragraph: '11',
    requests: [
      {
        path: '/v1/assistance-programs?locationCountry=ZAF&q=satellite',
        expected: [
          {
            modality: 'data_service',
            participants: [country('CHN'), country('PAK'), region('002', { role: 'beneficiary' })],
            locations: [expect.objectContaining({ country: 'ZAF' })],
            summary: expect.stringMatching(
              /free of charge.*agricultural assessment, disaster relief and environmental supervision/,
            ),
          },
        ],
      },
      {
        path: '/v1/assistance-programs?country=PAK',
        expected: [{ modality: 'data_service' }],
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
    requests: [
      {
        path: '/v1/assistance-programs?region=002&topic=water-treatment&include=agreementDetails',
        expected: [programUnderMemorandum('water treatment')],
      },
    ],
  },
  {
    id: 'F34',
    fact: 'A programme on African environmental monitoring was launched under the memorandum of 2008',
    paragraph: '11',
    requests: [
      {
        path: '/v1/assistance-programs?modality=environment&q=monitoring&include=agreementDetails',
        expected: [programUnderMemorandum('environmental monitoring')],
      },
    ],
  },
  {
    id: 'F35',
    fact: 'China works on the big science programmes with Europe, the United States, Japan and Russia',
    paragraph: '5',
    requests: [
      {
        path: '/v1/projects?country=RUS&kind=mega_science&sort=title',
        expected: [
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
    requests: [
      {
        path: '/v1/sources?q=openness+"win-win+cooperation"',
        expected: [
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
