import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Random } from '../../../src/features/generating/random.ts'

/** The keywords of JSON Schema that the generator reads. */
const schemaObject = z.looseObject({
  $ref: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  examples: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
})

const edtf = ['2011-04', '1984?', '201X', '1985-04/..', '2011-08-28', '../2015']

const words = ['energy', 'cooperation', 'CHN', '002', 'en', 'CNY', '2011', 'title', '-title', '中国', 'test']

/**
 * Beyond this depth, objects have only their required properties, and lists only `minItems` items. Each `anyOf` or `oneOf`
 * counts as a level.
 */
const maxDepth = 7

/** Generates values that are mostly valid for a schema. Values for patterns are guesses. */
export class ValueGenerator {
  readonly #document: unknown
  readonly #random: Random
  /** Ids of existing records. */
  readonly #ids: readonly string[]

  constructor(document: unknown, random: Random, ids: readonly string[]) {
    this.#document = document
    this.#random = random
    this.#ids = ids
  }

  /** Resolves a reference such as `#/components/…`. */
  #resolve(reference: string): unknown {
    const steps = reference.slice(2).split('/')
    return steps.reduce<unknown>((value, step) => Object(value)[step], this.#document)
  }

  /** Generates a value for a schema. */
  of(schemaOrBoolean: unknown, depth = 0): unknown {
    const random = this.#random
    const schema = schemaObject.parse(typeof schemaOrBoolean === 'boolean' ? {} : schemaOrBoolean)
    if (schema.$ref) return this.of(this.#resolve(schema.$ref), depth)
    if ('const' in schema) return schema.const
    if (schema.enum) return random.pick(schema.enum)
    const alternatives = schema.anyOf ?? schema.oneOf
    if (alternatives) return this.of(random.pick(alternatives), depth + 1)
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type
    const isContainer = type === 'object' || type === 'array'
    if (schema.examples && random.chance(isContainer ? 0.3 : 0.8)) return random.pick(schema.examples)
    switch (type) {
      case 'object':
        return this.#objectOf(schema, depth)
      case 'array': {
        const { minItems = 0 } = schema
        const length = depth > maxDepth ? minItems : random.between(minItems, minItems + 2)
        return Array.from({ length }, () => this.of(schema.items ?? {}, depth + 1))
      }
      case 'integer':
      case 'number': {
        const { minimum = 0, maximum = 1000 } = schema
        return random.between(Math.ceil(minimum), Math.floor(Math.min(maximum, minimum + 1000)))
      }
      case 'boolean':
        return random.chance(0.5)
      case 'null':
        return null
      default:
        return this.#textOf(schema)
    }
  }

  #objectOf({ properties = {}, required = [] }: z.output<typeof schemaObject>, depth: number): unknown {
    const share = depth > maxDepth ? 0 : Math.min(0.4, 4 / Object.keys(properties).length)
    const chosen = Object.entries(properties).filter(
      ([name]) => required.includes(name) || this.#random.chance(share),
    )
    return Object.fromEntries(chosen.map(([name, schema]) => [name, this.of(schema, depth + 1)]))
  }

  #textOf({ format, pattern }: z.output<typeof schemaObject>): string {
    const random = this.#random
    if (format === 'edtf') return random.pick(edtf)
    if (format === 'uuid')
      return random.chance(0.8) && this.#ids.length > 0 ? random.pick(this.#ids) : randomUUID()
    if (format === 'date-time') return '2026-01-31T09:30:00Z'
    if (format === 'date') return '2026-01-31'
    if (format === 'iri') return 'https://example.org/page'
    const regex = pattern === undefined ? undefined : new RegExp(pattern, 'u')
    const matching = words.filter((word) => !regex || regex.test(word))
    return matching.length > 0 ? random.pick(matching) : random.pick(words)
  }
}
