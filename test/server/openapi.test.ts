// @module-tag slow

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, promisify } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { propertiesOf } from '../../src/model/document.ts'
import { collectNamed, registerResponseSchema, schemaNames } from '../../src/model/schema-names.ts'
import { commonProblems } from '../../src/problems/types.ts'
import { registry } from '../../src/resources/registry.ts'
import { sharedApi } from '../support/api.ts'
import { openTestApp } from '../support/app.ts'
import { openApiDocumentSchema, operationsIn, resourceOperations } from '../support/openapi-document.ts'

const { resources } = registry

/** The YAML parser and the linter take seconds, and longer on a busy machine. */
const slow = { timeout: 60_000 }

const api = await sharedApi()
const document = openApiDocumentSchema.parse(api.document)
const operations = operationsIn(document)
const resourceOps = resourceOperations(operations)

describe('the OpenAPI document', () => {
  it('is the same in JSON and in YAML', slow, async () => {
    const [json, yaml] = await Promise.all(
      ['json', 'yaml'].map((format) => fetch(`${api.origin}/openapi.${format}`)),
    )
    expect(json?.headers.get('content-type')).toMatch(/^application\/json/)
    expect(yaml?.headers.get('content-type')).toMatch(/^application\/yaml/)
    const text = (await yaml?.text()) ?? ''
    // `toEqual` takes seconds for a document of this size.
    expect(isDeepStrictEqual(parse(text, { maxAliasCount: -1 }), await json?.json())).toBe(true)
  })

  it.each(['json', 'yaml'])('as %s is compressed, and returns 304 for a matching ETag', async (format) => {
    const url = `/openapi.${format}`
    const headers = { 'accept-encoding': 'br' }
    const first = await api.app.inject({ url, headers })
    expect(first.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
    expect(first.rawPayload.length).toBeLessThan(100_000)
    const etag = String(first.headers.etag)
    const again = await api.app.inject({ url, headers: { ...headers, 'if-none-match': etag } })
    expect({ status: again.statusCode, body: again.body }).toEqual({ status: 304, body: '' })
    const plain = await api.app.inject(url)
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.headers.etag).not.toBe(etag)
  })

  it('lists the tag of agreements first', () => {
    const [first] = z.array(z.object({ name: z.string() })).parse(Object(api.served).tags)
    expect(first?.name).toBe('agreements')
  })

  it('does not depend on PUBLIC_READ, CACHE_MB or RATE_LIMIT', async () => {
    const served = await (await fetch(`${api.origin}/openapi.json`)).text()
    const other = await openTestApp({ env: { PUBLIC_READ: 'false', CACHE_MB: '0', RATE_LIMIT: '1000' } })
    try {
      expect((await other.app.inject('/openapi.json')).body === served).toBe(true)
    } finally {
      await other.close()
    }
  })

  it('passes the recommended rules of the linter of Redocly without a warning', slow, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'entente-openapi-'))
    try {
      const file = join(folder, 'openapi.json')
      await writeFile(file, JSON.stringify(api.served))
      const cli = join(process.cwd(), 'node_modules/@redocly/cli/bin/cli.js')
      const lint = promisify(execFile)(
        process.execPath,
        [cli, 'lint', file, '--extends=recommended', '--format=json'],
        {
          // In a separate folder, the linter finds no configuration that disables rules.
          cwd: folder,
          env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
          maxBuffer: 64 * 1024 * 1024,
        },
      )
      const { stdout } = await lint.catch((failed: { stdout: string }) => failed)
      const { totals, problems } = z
        .object({
          totals: z.object({ errors: z.number(), warnings: z.number(), ignored: z.number() }),
          problems: z.array(z.looseObject({ ruleId: z.string(), message: z.string() })),
        })
        .parse(JSON.parse(stdout))
      expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
      expect(totals).toEqual({ errors: 0, warnings: 0, ignored: 0 })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('gives each operation a unique camelCase operationId, formed alike for every resource', () => {
    const expected = resources.flatMap(({ name, singular, plural, key }) => [
      [`get /v1/${name}`, `list${plural}`],
      [`post /v1/${name}`, `create${singular}`],
      [`post /v1/${name}/search`, `search${plural}`],
      [`get /v1/${name}/export`, `export${plural}`],
      [`post /v1/${name}/export`, `exportSearched${plural}`],
      [`post /v1/${name}/import`, `import${plural}`],
      [`post /v1/${name}/bulk`, `bulk${plural}`],
      [`get /v1/${name}/aggregate`, `aggregate${plural}`],
      [`get /v1/${name}/table-schema`, `get${plural}TableSchema`],
      [`get /v1/${name}/{${key.property}}`, `get${singular}`],
      [`put /v1/${name}/{${key.property}}`, `replace${singular}`],
      [`patch /v1/${name}/{${key.property}}`, `update${singular}`],
      [`delete /v1/${name}/{${key.property}}`, `delete${singular}`],
      [`get /v1/${name}/{${key.property}}/jsonld`, `get${singular}LinkedData`],
      [`get /v1/${name}/{${key.property}}/history`, `get${singular}History`],
      [`get /v1/${name}/{${key.property}}/history/{version}`, `get${singular}Revision`],
      [`post /v1/${name}/{${key.property}}/restore`, `restore${singular}`],
      [`post /v1/${name}/{${key.property}}/redact`, `redact${singular}`],
      [`post /v1/${name}/{${key.property}}/merge`, `merge${singular}`],
      [`get /v1/${name}/duplicates`, `list${singular}Duplicates`],
    ])
    const found = resourceOps.map(({ method, path, operationId }) => [`${method} ${path}`, operationId])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
    expect(found).toContainEqual(['get /v1/agreements', 'listAgreements'])
    expect(found).toContainEqual(['patch /v1/cooperation-bases/{id}', 'updateCooperationBase'])
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)+$/)
  })

  it.each([
    ['list', ['200', '304', '400']],
    ['search', ['200', '400']],
    ['aggregate', ['200', '304']],
    ['create', ['201', '409', '422']],
    ['get', ['200', '304', '308', '404']],
    ['get…History', ['200', '304', '308', '400', '404']],
    ['get…Revision', ['200', '304', '404']],
    ['bulk', ['200', '404', '409', '412', '422']],
    ['restore', ['200', '201', '404', '409', '410', '412', '422']],
    ['replace', ['200', '404', '409', '410', '412', '422']],
    ['update', ['200', '404', '409', '410', '412', '422']],
    ['delete', ['204', '404', '409', '410', '412']],
  ])('documents the main statuses of every %s, and the common ones as the default', (name, expected) => {
    const [verb = '', ending = ''] = name.split('…')
    const names = new Set(resources.flatMap(({ singular, plural }) => [singular, plural]))
    const concerned = resourceOps.filter(
      ({ operationId }) =>
        operationId.startsWith(verb) &&
        operationId.endsWith(ending) &&
        names.has(operationId.slice(verb.length, operationId.length - ending.length)),
    )
    expect(concerned.length).toBe(resources.length)
    for (const { operationId, responses } of concerned) {
      const statuses = [...expected, 'default']
      expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(statuses))
      for (const [status, { content, description }] of Object.entries(responses)) {
        expect(description, `${operationId} ${status}`).not.toBe('')
        if (/^[23]/.test(status)) continue
        expect(Object.keys(content ?? {}), `${operationId} ${status}`).toEqual(['application/problem+json'])
      }
      for (const type of commonProblems)
        expect(responses.default?.description, operationId).toContain(`/problems/${type}`)
    }
  })

  it('describes every operation and parameter, and every operator in its introduction', () => {
    const undescribed = operations.flatMap(({ operationId, summary, description, parameters }) => [
      ...(summary && description ? [] : [operationId]),
      ...parameters
        .filter((parameter) => !parameter.name.includes('[') && !parameter.description?.endsWith('.'))
        .map(({ name }) => `${operationId} ${name}`),
    ])
    expect(undescribed).toEqual([])
    const { description: introduction } = z.object({ description: z.string() }).parse(Object(api.served).info)
    const operators = operations.flatMap(({ parameters }) =>
      parameters.flatMap(({ name }) => /\[\w+\]$/.exec(name) ?? []),
    )
    expect(operators).toContain('[otherThan]')
    const named = [...introduction.matchAll(/^- `(\[\w+\])`: /gm)].map(([, operator]) => operator)
    expect(named.sort()).toEqual([...new Set(operators)].sort())
    expect(introduction).toMatch(/Only searches have:\n\n(- `\w+`: .*\n)*- `overlaps`: /)
  })

  it('gives every request header an example', () => {
    const headers = operations.flatMap(({ parameters }) =>
      parameters.filter((parameter) => parameter.in === 'header'),
    )
    expect(headers.length).toBeGreaterThan(0)
    expect(headers.filter(({ example }) => typeof example !== 'string')).toEqual([])
  })

  it('describes every schema once, and has an example of a request per resource', () => {
    const { schemas } = document.components
    // The names of these schemas say what they are, and so do the values of an enumeration.
    const hasTellingName = /(Where|Comparison|Search|SortTerm|Operation|Bulk|Page)$/
    const undescribed = Object.entries(schemas).filter(
      ([name, { description, enum: values }]) => !description && !values && !hasTellingName.test(name),
    )
    // The schema of the response describes the record or item of a request.
    const descriptionOfResponse = (name: string) => schemas[name.replace(/Input$/, '')]?.description
    expect(undescribed.filter(([name]) => !descriptionOfResponse(name)).map(([name]) => name)).toEqual([])
    const repeating = Object.entries(schemas).filter(
      ([name, { description }]) =>
        name.endsWith('Input') && description && description === descriptionOfResponse(name),
    )
    expect(repeating.map(([name]) => name)).toEqual([])
    for (const { singular } of resources)
      expect(schemas[`${singular}Input`]?.examples, singular).toBeDefined()
  })

  it('has a named schema for each enumeration, one form of null, and discriminators for oneOf', () => {
    const check = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null) return
      const { enum: values, type, oneOf, anyOf, discriminator } = Object(value)
      if (Array.isArray(values) && values.length > 1 && type === 'string')
        expect(path).toMatch(
          /^\/components\/schemas\/\w+$|^\/components\/schemas\/Problem\/|^\/paths\/\/(healthz|readyz)/,
        )
      // A nullable type is a list of the type and null. Only nullable references use `anyOf`.
      if (anyOf !== undefined) expect(anyOf, path).toEqual([{ $ref: expect.any(String) }, { type: 'null' }])
      if (oneOf !== undefined) expect(discriminator?.propertyName, path).toBeTypeOf('string')
      if (Array.isArray(type)) expect(type, path).toEqual([expect.any(String), 'null'])
      else if (type !== undefined && typeof type !== 'object') expect(type, path).toBeTypeOf('string')
      for (const [key, inner] of Object.entries(value))
        if (key !== 'examples' && key !== 'example') check(inner, `${path}/${key}`)
    }
    check(api.served, '')
  })

  it('has one enumeration of all resources, and one of the properties of each resource', () => {
    const { schemas } = document.components
    const expected: Record<string, readonly string[]> = {
      ResourceName: resources.map(({ name }) => name),
      ...Object.fromEntries(
        resources.map((resource) => [`${resource.singular}Field`, propertiesOf(resource)]),
      ),
    }
    for (const [name, words] of Object.entries(expected)) {
      expect(schemas[name], name).toMatchObject({ type: 'string', enum: words })
      const equal = Object.keys(schemas).filter((other) => isDeepStrictEqual(schemas[other]?.enum, words))
      expect(equal).toEqual([name])
    }
    expect(schemas.AgreementSearch).toHaveProperty('properties.fields.items', {
      $ref: '#/components/schemas/AgreementField',
    })
  })

  it('has patterns without Unicode or nested classes, lookaround or \\/, for code generators', () => {
    const text = JSON.stringify(api.served)
    const patterns = [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, pattern = '']) =>
      JSON.parse(pattern),
    )
    expect(patterns.length).toBeGreaterThan(10)
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\p\{|\(\?[=!<]|\\\//)
      // In a class of characters, Java and Ruby read an unescaped [ as the start of another class.
      expect(pattern.replaceAll(/\\./g, '')).not.toMatch(/\[[^\]]*\[/)
    }
  })

  it('is no larger than its operations and properties allow, and compresses to a twelfth of that', () => {
    const text = JSON.stringify(api.served)
    const properties = resources.flatMap(({ boundFields }) => Object.keys(boundFields)).length
    // 600 kB for 254 operations and 145 properties, 1 kB for each further operation, and 7 kB for each further property.
    // A list of participants adds the most bytes of all properties, with its filters and includes.
    const limit = 600_000 + 1_000 * (operations.length - 254) + 7_000 * (properties - 145)
    const advice = `With ${operations.length} operations and ${properties} properties of resources, the OpenAPI document must have less than ${limit} bytes. Shorten descriptions, state in \`details\` what all resources share, or give equal parts one component.`
    expect(Buffer.byteLength(text), advice).toBeLessThan(limit)
    expect(brotliCompressSync(text).length, advice).toBeLessThan(limit / 12)
  })

  it('has no unused schema', () => {
    const used = new Set<string>()
    const follow = (value: unknown) => {
      // The JSON of a part of the document contains all its references to components.
      for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
        if (used.has(name)) continue
        used.add(name)
        follow(document.components.schemas[name])
      }
    }
    follow({ paths: document.paths, ...document.components, schemas: undefined })
    expect([...used].sort()).toEqual(Object.keys(document.components.schemas).sort())
  })

  it('has schema names that differ by more than case, each with one schema', () => {
    const names = Object.keys(document.components.schemas).map((name) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^([A-Z][a-z0-9]*)+$/)
    const twice = z.object({
      one: registerResponseSchema('Twice', z.string()),
      other: registerResponseSchema('Twice', z.number()),
    })
    expect(() => collectNamed([twice], schemaNames.output)).toThrow('two schemas are named Twice')
  })
})
