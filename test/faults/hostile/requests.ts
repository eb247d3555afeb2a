import { randomUUID } from 'node:crypto'
import type { Random } from '../../../src/features/generating/random.ts'
import { adminKey } from '../../support/app.ts'
import { corrupt, hostileBodies, hostileTexts } from './hostile-values.ts'
import { type Operation, operationsOf, type Parameter, type Request } from './operations.ts'
import { ValueGenerator } from './value-generator.ts'

const jsonMediaType = /[/+]json$/

/** Generates requests of all operations of an OpenAPI document: valid, invalid and malicious ones. */
export class RequestGenerator {
  readonly #random: Random
  readonly #operations: Operation[]
  readonly #values: ValueGenerator
  readonly #keys: Map<string, string[]>

  /** @param keys keys of existing records by the path of their list. */
  constructor(document: unknown, random: Random, keys: Map<string, string[]>) {
    this.#random = random
    this.#operations = operationsOf(document)
    this.#values = new ValueGenerator(document, random, keys.get('/v1/agreements') ?? [])
    this.#keys = keys
  }

  /** Returns a random request of a random operation. */
  next(): Request {
    const random = this.#random
    const operation = random.pick(this.#operations)
    // A probability: the higher the risk, the more parts of the request are invalid.
    const risk = random.weighted([
      [0, 5],
      [0.1, 4],
      [0.6, 1],
    ])
    const url = this.#path(operation, risk) + this.#query(operation, risk)
    const headers = this.#headers(operation, risk)
    const body = this.#body(operation, risk)
    return {
      operationId: operation.operationId,
      method: random.chance(risk / 10) ? random.pick(['OPTIONS', 'HEAD', 'PUT', 'TRACE']) : operation.method,
      url,
      headers: body ? { ...headers, 'content-type': body.type } : headers,
      ...(body && { body: body.body }),
    }
  }

  #path({ path }: Operation, risk: number): string {
    const random = this.#random
    const [list = ''] = path.split('/{')
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (random.chance(risk)) return encode(random.pick(hostileTexts))
      if (name === 'version') return String(random.between(1, 3))
      return encode(random.pick([...(this.#keys.get(list) ?? []), randomUUID()]))
    })
  }

  #query({ parameters }: Operation, risk: number): string {
    const random = this.#random
    const known = parameters.filter(({ in: place }) => place === 'query')
    // A request has at most two optional parameters on average.
    const probability = Math.min(0.5, 2 / Math.max(known.length, 1))
    const pairs = known
      .filter(({ required }) => required === true || random.chance(probability))
      .flatMap((parameter) => this.#pairs(parameter))
    if (random.chance(risk)) pairs.push([random.pick(hostileTexts), random.pick(hostileTexts)])
    if (random.chance(risk / 3) && pairs[0]) pairs.push(pairs[0])
    const written = pairs.map(([name, value]) => {
      const sent = random.chance(risk) ? random.pick(hostileTexts) : value
      return `${encode(name)}=${random.chance(risk / 5) ? toRequestLineText(sent) : encode(sent)}`
    })
    return written.length > 0 ? `?${written.join('&')}` : ''
  }

  /** Serializes a parameter: a list separated by commas, repeated, or with brackets. */
  #pairs({ name, schema }: Parameter): [string, string][] {
    const random = this.#random
    const value = this.#values.of(schema)
    if (!Array.isArray(value)) return [[name, String(value)]]
    if (random.chance(0.6)) return [[name, value.join(',')]]
    const sentName = random.chance(0.5) ? name : `${name}[]`
    return value.map((item): [string, string] => [sentName, String(item)])
  }

  #headers({ parameters, responses }: Operation, risk: number): Record<string, string> {
    const random = this.#random
    const hostile = () => toHeaderText(random.pick(hostileTexts))
    const headers: Record<string, string> = {
      // A new client address each time, so that no limit of an address applies, such as the limit of wrong keys.
      'x-forwarded-for': `10.${random.between(0, 255)}.${random.between(0, 255)}.${random.between(0, 255)}`,
    }
    if (!random.chance(risk / 3)) headers.authorization = `Bearer ${adminKey}`
    else if (random.chance(0.5)) headers.authorization = hostile()
    for (const { name, in: place, required, example } of parameters) {
      if (place !== 'header' || (required !== true && random.chance(0.7))) continue
      const usual = name === 'Idempotency-Key' ? randomUUID() : name === 'If-Match' ? '*' : String(example)
      headers[name.toLowerCase()] = random.chance(risk) ? hostile() : usual
    }
    const types = Object.keys(responses[200]?.content ?? {})
    if (types.length > 0 && random.chance(0.3))
      headers.accept = `${random.pick(types)}, application/problem+json`
    if (random.chance(risk / 2))
      headers[random.pick(['accept', 'content-type', 'cookie', 'if-none-match'])] = hostile()
    return headers
  }

  #body({ requestBody }: Operation, risk: number): { type: string; body: string | Buffer } | undefined {
    const random = this.#random
    if (!requestBody) return random.chance(risk / 10) ? { type: 'application/json', body: '{}' } : undefined
    const [type, { schema, example }] = random.pick(Object.entries(requestBody.content))
    const sentType = random.chance(risk / 5) ? random.pick(['text/plain', 'application/xml', 'x/y']) : type
    if (random.chance(risk / 4)) return { type: sentType, body: random.pick(hostileBodies) }
    const value = example !== undefined && random.chance(0.4) ? example : this.#values.of(schema)
    const body = random.chance(risk) ? corrupt(value, random) : value
    if (!jsonMediaType.test(type))
      return { type: sentType, body: `${typeof body === 'string' ? body : JSON.stringify(body)}\n` }
    return { type: sentType, body: JSON.stringify(body) ?? 'null' }
  }
}

/** Percent-encodes a text. Lone surrogates, which have no encoding, become U+FFFD. */
const encode = (text: string) => encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '\ufffd'))

/** Replaces the characters that a request line cannot contain. */
const toRequestLineText = (text: string) => text.replaceAll(/[^\x21-\x7e]/g, '.').replaceAll('#', '%23')

/** Replaces the characters that a header cannot contain. */
const toHeaderText = (text: string) => text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?')
