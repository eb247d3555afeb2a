import { sql } from 'drizzle-orm'
import { columnOf } from '../../database/columns.ts'
import { byMultiValue } from '../dimensions.ts'
import { defineField, type FieldContext } from '../field.ts'
import { filterByAny, filterByCode, isInAny, withMultiValue } from '../filters.ts'
import { includedRecords } from '../includes.ts'
import { jsonList } from '../json.ts'
import { keys } from '../keys.ts'
import { listQuery, listRows } from '../list-rows.ts'
import { type MultiValue, multiValueRows } from '../multi-values.ts'
import { belongsTo } from '../resource.ts'
import { distinct, topicScheme } from '../schemas.ts'
import type { Collection } from '../searchable.ts'

const topicValues = ({ recordId, resource, registry }: FieldContext): MultiValue => {
  const { topicLinks } = registry.shared
  return {
    recordId,
    type: 'text',
    queries: () => [
      sql`select ${topicLinks.record} as record, ${topicLinks.topic} as value from ${topicLinks} where ${belongsTo(topicLinks.resource, resource)}`,
    ],
  }
}

/** Query of each topic with its top-level topic, which may be the topic itself: pairs of `topic` and `broadest`. */
const broadestTopics = (registry: FieldContext['registry']) => {
  const topics = registry.table('topics')
  return sql`(with recursive rolled_up(topic, broadest) as (
    select slug, slug from ${topics} where broader is null
    union all select narrower.slug, rolled_up.broadest from ${topics} narrower join rolled_up on narrower.broader = rolled_up.topic
  ) select topic, broadest from rolled_up)`
}

/** The topics of a record, rolled up to their top-level topics. */
const broadestValues = (context: FieldContext): MultiValue => {
  const { topicLinks } = context.registry.shared
  return {
    recordId: context.recordId,
    type: 'text',
    queries: () => [
      sql`select ${topicLinks.record} as record, rolled.broadest as value from ${topicLinks} join ${broadestTopics(context.registry)} rolled on rolled.topic = ${topicLinks.topic} where ${belongsTo(topicLinks.resource, context.resource)}`,
    ],
  }
}

function topicCollection({ registry }: FieldContext): Collection {
  const { topicLinks } = registry.shared
  const topics = registry.table('topics')
  return {
    description: 'The topics that the record is about.',
    table: topicLinks,
    singular: 'TopicLink',
    parentKey: [topicLinks.record],
    collections: () => ({}),
    filters: {
      slug: filterByCode(topicLinks.topic, keys.topic(), 'The topic itself.'),
      within: filterByAny(
        keys.topic(),
        'The topic or any narrower one.',
        (values) => sql`${topicLinks.topic} = any(array(select topics_within(${values}::text[])))`,
      ),
      scheme: filterByAny(
        topicScheme(),
        'Scheme of the topic.',
        (values) =>
          sql`${topicLinks.topic} = any(array(select ${columnOf(topics, 'slug')} from ${topics} where ${columnOf(topics, 'scheme')} = any(${values}::text[])))`,
      ),
    },
  }
}

function topicQuery(context: FieldContext) {
  const { recordId, resource, registry } = context
  const { topicLinks } = registry.shared
  const multiValue = topicValues(context)
  const broadest = broadestValues(context)
  const isOfResource = belongsTo(topicLinks.resource, resource)
  return {
    filters: {
      topic: withMultiValue(
        filterByAny(keys.topic(), 'Slug of a topic. Includes records on narrower topics.', (values) =>
          isInAny(recordId, [
            sql`select ${topicLinks.record} from ${topicLinks} where ${topicLinks.topic} = any(array(select topics_within(${values}::text[]))) and ${isOfResource}`,
          ]),
        ),
        multiValue,
        'allDirectly',
      ),
      broadestTopic: withMultiValue(
        filterByAny(
          keys.topic(),
          'Slug of a top-level topic. Includes records on narrower topics.',
          (values) =>
            isInAny(recordId, [
              sql`select related.record from (${multiValueRows(broadest, () => undefined)}) related where related.value = any(${values}::text[])`,
            ]),
        ),
        broadest,
      ),
    },
    dimensions: {
      broadestTopic: byMultiValue(
        broadest,
        'broadestTopic',
        'Top-level topic of a topic of the record.',
        registry.nameOf('topics'),
      ),
      topic: byMultiValue(
        multiValue,
        'topic',
        'Topic itself, without narrower topics.',
        registry.nameOf('topics'),
        'allDirectly',
      ),
    },
    collections: () => ({ [context.name]: topicCollection(context) }),
    includes: () => {
      const topics = registry.get('topics')
      const isOfRecord = sql`${topics.key.column} in (select ${topicLinks.topic} from ${topicLinks} where ${topicLinks.record} = ${recordId})`
      return { topicDetails: includedRecords(topics, 'the topics, as records.', isOfRecord) }
    },
  }
}

/** The topics that a record is about, as slugs. */
export const topics = () =>
  defineField({
    capability: { kind: 'topics' },
    schema: (registry) =>
      distinct(registry.referenceSchema('topics')).default([]).meta({ description: 'Slugs of topics.' }),
    json: (context) => {
      const { topicLinks } = context.registry.shared
      return jsonList(listQuery(topicLinks, sql`${topicLinks.topic}`, context))
    },
    rows: ({ resource, registry: { shared } }) =>
      listRows(shared.topicLinks, (topic: string) => ({ topic }), { resource }),
    query: topicQuery,
  })
