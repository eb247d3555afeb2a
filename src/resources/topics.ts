import { sql } from 'drizzle-orm'
import { unique } from 'drizzle-orm/pg-core'
import { columnOf } from '../database/columns.ts'
import { enumLabels } from '../model/dimensions.ts'
import * as field from '../model/fields/builders.ts'
import { filterByAny } from '../model/filters.ts'
import { keys } from '../model/keys.ts'
import type { LabelSql } from '../model/languages.ts'
import { defineResource } from '../model/resource.ts'
import { line, topicScheme } from '../model/schemas.ts'
import { topicSchemes } from '../model/vocabularies.ts'

/** The label of a scheme. The schemes of the registry have labels; any other scheme is its own label. */
const schemeLabel: LabelSql = (value, language) =>
  sql`coalesce(${enumLabels(topicSchemes)(value, language)}, ${value})`

export const topics = defineResource(
  'topics',
  {
    slug: field.key(
      (options) =>
        keys
          .topic(options)
          .meta({ description: 'Identifies the topic in URLs.', examples: ['electric-vehicles'] }),
      '^[a-z0-9]+(-[a-z0-9]+)*$',
    ),
    name: field.title('Name.'),
    scheme: field.requiredCode(
      topicScheme(),
      'Scheme that the topic belongs to. The registry has ford: OECD fields of research and development; crs: OECD DAC purposes of aid; challenge; domain. A register may have its own.',
      { sort: true, groupBy: schemeLabel, pattern: '^[a-z0-9][a-z0-9._-]*$' },
    ),
    code: field.code(line(30), 'Code in the scheme; unique there.', { sort: true }),
    broader: field.reference('topics', 'The topic that this one is part of.', { groupBy: true }),
    aliases: field.aliases(),
  },
  {
    singular: 'Topic',
    plural: 'Topics',
    noun: 'topic',
    label: { en: 'Topics', zh: '主题' },
    schemaType: 'DefinedTerm',
    description:
      'A subject of records: a field of research, a global challenge, a domain or a purpose of aid.',
    naturalKey: 'slug',
    search: { title: 'name', hasAliases: true, codes: ['code'], prose: [] },
    constraints: ({ scheme, code }) =>
      scheme && code ? [unique('topics_code_unique').on(scheme, code)] : [],
    query: ({ table }) => ({
      filters: {
        topic: filterByAny(
          keys.topic(),
          'The topic itself and all narrower ones.',
          (values) => sql`${columnOf(table, 'slug')} = any(array(select topics_within(${values}::text[])))`,
        ),
      },
    }),
    example: {
      slug: 'electric-vehicles',
      name: 'Electric vehicles',
      scheme: 'domain',
      code: null,
      broader: null,
      aliases: [],
    },
  },
)
