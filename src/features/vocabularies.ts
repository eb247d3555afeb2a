import { z } from 'zod'
import { enumerationsOf } from '../model/enumerations.ts'
import type { Filter } from '../model/filters.ts'
import { valueLabel } from '../model/labels.ts'
import type { Language } from '../model/languages.ts'
import type { Registry } from '../model/registry.ts'
import type { Resource } from '../model/resource.ts'
import { registerResponseSchema, unwrapped } from '../model/schema-names.ts'
import { ifNoneMatch, taggedResponse } from '../operations/entity-tags.ts'
import {
  acceptLanguage,
  contentLanguage,
  languageParameter,
  withLanguageHeaders,
} from '../operations/language.ts'
import type { Endpoint } from '../operations/operation.ts'
import { readResponses } from '../operations/response-schemas.ts'

const example = {
  resource: 'agreements',
  property: 'renewal',
  filter: 'renewal',
  words: [{ word: 'automatic', label: 'Automatic' }],
}

const makeSchema = (names: string[]) => {
  const vocabulary = registerResponseSchema(
    'Vocabulary',
    z
      .strictObject({
        resource: z.enum(names).meta({ description: 'Resource that has the property.' }),
        property: z
          .string()
          .meta({ description: 'Path of the property in the record, with dots: `parties.role`.' }),
        filter: z
          .string()
          .nullable()
          .meta({ description: 'Filter that takes these words; null if there is none.' }),
        words: z.array(
          z.strictObject({
            word: z.string().meta({ description: 'The value in records, filters and groups.' }),
            label: z.string().meta({ description: 'The label to show.' }),
          }),
        ),
      })
      .meta({ description: 'The words that a property can have.', examples: [example] }),
  )
  return registerResponseSchema(
    'VocabularyList',
    z
      .strictObject({ data: z.array(vocabulary) })
      .meta({ description: 'The vocabularies of all resources.', examples: [{ data: [example] }] }),
  )
}

/**
 * Returns the name of the filter that takes the words of a property: the filter that is named like the last part of the
 * property's path, if it takes these words; otherwise a filter that takes exactly these words; null if there is none.
 */
function findFilter({ filters }: Resource, property: string, words: readonly string[]): string | null {
  const name = property.split('.').at(-1) ?? ''
  const takesWords = ({ value }: Filter) => words.every((word) => value.safeParse(word).success)
  if (filters[name] && takesWords(filters[name])) return name
  const hasSameWords = (filter: Filter) => {
    const value = unwrapped(filter.value)
    return value instanceof z.ZodEnum && value.options.length === words.length && takesWords(filter)
  }
  return Object.entries(filters).find(([, filter]) => hasSameWords(filter))?.[0] ?? null
}

/** Returns the vocabularies of a registry, in the order of its resources and their properties. */
function vocabularies({ resources }: Registry, language: Language) {
  return resources.flatMap((resource) =>
    enumerationsOf(resource).map(({ property, words }) => ({
      resource: resource.name,
      property,
      filter: findFilter(resource, property, words),
      words: words.map((word) => ({ word, label: valueLabel(word, language) })),
    })),
  )
}

/** `GET /v1/vocabularies`: the words of all enumerations with their labels, for menus and legends. */
export function vocabulariesEndpoint(registry: Registry): Endpoint {
  const schema = makeSchema(registry.resources.map(({ name }) => name))
  return {
    method: 'GET',
    path: '/v1/vocabularies',
    tag: 'registry',
    contract: {
      operationId: 'listVocabularies',
      summary: 'List the words of all enumerations',
      description:
        'The properties that are enumerations, each with its words and their labels. Countries, regions, topics and organizations are resources of their own.',
      access: 'read',
      query: languageParameter('the labels'),
      headers: [ifNoneMatch, acceptLanguage],
      responses: readResponses('The vocabularies.', () => schema, { 'content-language': contentLanguage }),
    },

    handle: async ({ language }) =>
      withLanguageHeaders(
        taggedResponse(JSON.stringify({ data: vocabularies(registry, language) })),
        language,
      ),
  }
}
