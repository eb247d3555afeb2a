import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { nameLines } from '../database/folding.ts'
import { topics as table } from '../database/tables/topics.ts'
import { topicSchemes } from '../database/vocabularies.ts'
import { byValue, byWord } from '../query/dimensions.ts'
import { anyOf, anyWhere, anyWord, fullText, text } from '../query/filters.ts'
import { byCode, byText } from '../query/sorts.ts'
import { citationsIn } from './collections.ts'
import { recordFilters, recordSorts } from './conditions.ts'
import { citationsOf } from './inclusions.ts'
import { defineResource, type Key, type Resource } from './resource.ts'
import { aliases, keys, line, optional, reference } from './values.ts'

const key: Key = { property: 'slug', column: table.slug, schema: keys.topic(), madeBy: 'client' }

/** Slugs that would be taken for something else in a URL. */
const reserved = ['search', 'aggregate', 'bulk']

export const topics: Resource = defineResource({
  name: 'topics',
  singular: 'Topic',
  plural: 'Topics',
  noun: 'topic',
  description:
    'What records are about: a field of research, a global challenge, a domain or a purpose of aid.',
  table,
  key,
  naming: { title: table.name, lines: nameLines(table.name, sql`null`, table.aliases), prose: [] },
  document: z.strictObject({
    slug: keys
      .topic()
      .refine((slug) => !reserved.includes(slug), {
        error: `must not be ${reserved.join(', ')}, which are paths`,
      })
      .meta({ description: 'Identifies the topic in URLs.', examples: ['electric-vehicles'] }),
    name: line(),
    scheme: z.enum(topicSchemes).meta({
      description: 'ford: OECD fields of research and development; crs: OECD DAC purposes of aid.',
    }),
    code: optional(line(30)).meta({ description: 'Code in the scheme; unique there.' }),
    broader: optional(reference.topic()).meta({ description: 'The topic that this one is part of.' }),
    aliases: aliases(),
  }),
  parts: {},
  filters: {
    ...recordFilters(table, key),
    q: fullText(table, 'names and aliases'),
    name: text(table.name, 'Name.'),
    scheme: anyWord(table.scheme, z.enum(topicSchemes), 'Scheme that the topic belongs to.'),
    code: anyWord(table.code, line(30), 'Code in its scheme.'),
    broader: anyOf(table.broader, keys.topic(), 'The topic directly above.'),
    topic: anyWhere(
      keys.topic(),
      'The topic itself and all narrower ones.',
      (values) => sql`${table.slug} in (select topics_within(${values}::text[]))`,
    ),
  },
  collections: () => ({ citations: citationsIn('topicSlug') }),
  sorts: {
    ...recordSorts(table, key),
    name: byText(table.name, 'Name.'),
    scheme: byCode(table.scheme, 'Scheme.'),
    code: byCode(table.code, 'Code in the scheme.'),
  },
  dimensions: {
    scheme: byWord(table.scheme, 'scheme', 'Scheme that the topic belongs to.'),
    broader: byValue(
      table.broader,
      'broader',
      'The topic directly above.',
      (slug) => sql`(select above.name from topics above where above.slug = ${slug})`,
    ),
  },
  measures: {},
  includes: () => ({ citations: citationsOf('topicSlug', table.slug) }),
  example: {
    slug: 'electric-vehicles',
    name: 'Electric vehicles',
    scheme: 'domain',
    code: null,
    broader: null,
    aliases: [],
  },
})
