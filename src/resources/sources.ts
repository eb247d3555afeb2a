import { sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import { valueAsLabel } from '../model/dimensions.ts'
import * as field from '../model/fields/builders.ts'
import { includedRecords } from '../model/includes.ts'
import { defineResource, type ResourceContext } from '../model/resource.ts'
import { language } from '../model/schemas.ts'
import { sourceKinds } from '../model/vocabularies.ts'

/** Include of all citations of a source. */
function citationsOfSource({ recordId, registry }: ResourceContext) {
  const citations = registry.get('citations')
  return includedRecords(
    citations,
    'every citation of this source, for any record.',
    sql`${columnOf(citations.table, 'source')} = ${recordId}`,
  )
}

export const sources = defineResource(
  'sources',
  {
    title: field.title('Title.'),
    kind: field.requiredEnumeration(sourceKinds, 'Kind of source.'),
    publisher: field.line('Publisher, as written.', { sort: true, groupBy: true, weight: 'B' }),
    author: field.line('Author.', { weight: 'B' }),
    interviewee: field.line('Who is interviewed.', { weight: 'B' }),
    publishedOn: field.edtf('When it was published.'),
    occasion: field.line('The event for which it was made.', { max: 1000, weight: 'B' }),
    url: field.url('Web address of the source.'),
    language: field.code(language(), 'Language (BCP 47).', { groupBy: valueAsLabel }),
    licence: field.line('Licence.', { filter: false }),
    accessedOn: field.edtf('When it was read for the registry.'),
    context: field.prose(
      'What the source says about its period and plans in general, beyond single records.',
      {
        weight: 'B',
      },
    ),
    externalIds: field.externalIds(),
  },
  {
    singular: 'Source',
    plural: 'Sources',
    noun: 'source',
    label: { en: 'Sources', zh: '来源' },
    schemaType: 'CreativeWork',
    description: 'A document that facts come from.',
    search: { title: 'title', prose: ['publisher', 'author', 'interviewee', 'occasion', 'context'] },
    query: (context) => ({ includes: () => ({ supports: citationsOfSource(context) }) }),
    example: {
      title: 'Scientific and Technological Diplomacy',
      kind: 'interview',
      publisher: 'China Internet Information Center',
      author: null,
      interviewee: 'Jin Xiaoming',
      publishedOn: '2011-08',
      occasion: 'Ninth Working Conference on Scientific and Technological Diplomacy',
      url: null,
      language: 'en',
      licence: null,
      accessedOn: null,
      context: null,
      externalIds: [{ scheme: 'my-register', id: '1' }],
    },
  },
)
