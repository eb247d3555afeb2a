import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import createClient from 'openapi-fetch'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { endpoints } from '../../src/endpoints/index.ts'
import { nameInput, nameOutput } from '../../src/resources/components.ts'
import { resources } from '../../src/resources/index.ts'
import { type Api, openApi } from '../support/api.ts'
import { adminKey, openTestApp } from '../support/app.ts'

const schema = z.record(z.string(), z.unknown())
const media = z.record(z.string(), z.looseObject({ schema, example: z.unknown().optional() }))
const parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  description: z.string().optional(),
  schema,
  example: z.unknown().optional(),
})
const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string(),
  parameters: z.array(parameter).default([]),
  requestBody: z.looseObject({ content: media }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string(), content: media.optional() })),
})
const documentForm = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), schema) }),
})

type Operation = z.output<typeof operation> & { path: string; method: string }

/** Tools that take seconds take many when the machine has other work. */
const slow = { timeout: 60_000 }

let api: Api
let document: z.output<typeof documentForm>
let operations: Operation[]
let grid: Operation[]
beforeAll(async () => {
  api = await openApi()
  document = documentForm.parse(api.document)
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, own]) => ({ ...own, path, method })),
  )
  const beside = new Set(endpoints.map(({ path }) => path))
  grid = operations.filter(({ path }) => path.startsWith('/v1/') && !beside.has(path))
})
afterAll(() => api.close())

describe('the OpenAPI document', () => {
  it('is the same in JSON and in YAML', async () => {
    const [json, yaml] = await Promise.all(
      ['json', 'yaml'].map((format) => fetch(`${api.origin}/openapi.${format}`)),
    )
    expect(json?.headers.get('content-type')).toMatch(/^application\/json/)
    expect(yaml?.headers.get('content-type')).toMatch(/^application\/yaml/)
    const text = (await yaml?.text()) ?? ''
    expect(parse(text, { maxAliasCount: -1 })).toEqual(await json?.json())
  })

  it('is the same however the service is configured, so that one check of answers holds for all', async () => {
    const served = await (await fetch(`${api.origin}/openapi.json`)).json()
    const other = await openTestApp({ PUBLIC_READ: 'false', CACHE_MB: '0', RATE_LIMIT: '1000' })
    try {
      expect((await other.app.inject('/openapi.json')).json()).toEqual(served)
    } finally {
      await other.close()
    }
  })

  it(
    'is OpenAPI 3.1 without an error or a warning by the recommended rules of its linter',
    slow,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'entente-openapi-'))
      try {
        const file = join(folder, 'openapi.json')
        await writeFile(file, JSON.stringify(api.document))
        const cli = join(process.cwd(), 'node_modules/@redocly/cli/bin/cli.js')
        const lint = promisify(execFile)(
          process.execPath,
          [cli, 'lint', file, '--extends=recommended', '--format=json'],
          {
            // In its own folder it finds no configuration that would excuse anything.
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
    },
  )

  it('names every operation as a method is named, each once', () => {
    const expected = resources.flatMap(({ name, singular, plural, key }) => [
      [`get /v1/${name}`, `list${plural}`],
      [`post /v1/${name}`, `create${singular}`],
      [`post /v1/${name}/search`, `search${plural}`],
      [`post /v1/${name}/bulk`, `bulk${plural}`],
      [`get /v1/${name}/aggregate`, `aggregate${plural}`],
      [`get /v1/${name}/{${key.property}}`, `get${singular}`],
      [`put /v1/${name}/{${key.property}}`, `replace${singular}`],
      [`patch /v1/${name}/{${key.property}}`, `update${singular}`],
      [`delete /v1/${name}/{${key.property}}`, `delete${singular}`],
      [`get /v1/${name}/{${key.property}}/history`, `get${singular}History`],
      [`get /v1/${name}/{${key.property}}/history/{version}`, `get${singular}Revision`],
      [`post /v1/${name}/{${key.property}}/restore`, `restore${singular}`],
    ])
    const found = grid.map(({ method, path, operationId }) => [`${method} ${path}`, operationId])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
    expect(found).toContainEqual(['get /v1/agreements', 'listAgreements'])
    expect(found).toContainEqual(['patch /v1/cooperation-bases/{id}', 'updateCooperationBase'])
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)+$/)
  })

  it.each([
    ['list', ['200', '304', '400']],
    ['aggregate', ['200', '304', '400']],
    ['create', ['201', '400', '409', '413', '415', '422']],
    ['get', ['200', '304', '400', '404']],
    ['get…History', ['200', '304', '400', '404']],
    ['get…Revision', ['200', '304', '400', '404']],
    ['bulk', ['200', '400', '404', '409', '412', '413', '415', '422', '428']],
    ['restore', ['200', '201', '400', '404', '409', '412', '413', '415', '422', '428']],
    ['replace', ['200', '400', '404', '409', '412', '413', '415', '422', '428']],
    ['update', ['200', '400', '404', '409', '412', '413', '415', '422', '428']],
    ['delete', ['204', '400', '404', '409', '412', '428']],
  ])(
    'says of every %s what it can answer, and of all that a key may be needed and the service may fail',
    (name, own) => {
      const [verb = '', ending = ''] = name.split('…')
      const names = new Set(resources.flatMap(({ singular, plural }) => [singular, plural]))
      const concerned = grid.filter(
        ({ operationId }) =>
          operationId.startsWith(verb) &&
          operationId.endsWith(ending) &&
          names.has(operationId.slice(verb.length, operationId.length - ending.length)),
      )
      expect(concerned.length).toBe(resources.length)
      for (const { operationId, responses } of concerned) {
        const statuses = [...own, '401', '403', '406', '414', '429', '500', '503']
        expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(statuses))
        for (const [status, { content, description }] of Object.entries(responses)) {
          expect(description, `${operationId} ${status}`).not.toBe('')
          if (Number(status) < 400) continue
          expect(Object.keys(content ?? {}), `${operationId} ${status}`).toEqual(['application/problem+json'])
        }
      }
    },
  )

  it('describes every operation and every parameter', () => {
    const silent = operations.flatMap(({ operationId, summary, description, parameters }) => [
      ...(summary && description ? [] : [operationId]),
      ...parameters
        .filter((own) => !own.description?.endsWith('.'))
        .map(({ name }) => `${operationId} ${name}`),
    ])
    expect(silent).toEqual([])
  })

  it('gives every request header an example', () => {
    const headers = operations.flatMap(({ parameters }) => parameters.filter((own) => own.in === 'header'))
    expect(headers.length).toBeGreaterThan(0)
    expect(headers.filter(({ example }) => typeof example !== 'string')).toEqual([])
  })

  it('describes every component and shows an example of it', () => {
    const wanting = Object.entries(document.components.schemas)
      .filter(([, { description, examples }]) => !description || !Array.isArray(examples) || !examples.length)
      .map(([name]) => name)
    expect(wanting).toEqual([])
  })

  it('has no component that no operation leads to', () => {
    const used = new Set<string>()
    const follow = (value: unknown) => {
      // Written out once, a part of the document names all the components that it leads to.
      for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
        if (used.has(name)) continue
        used.add(name)
        follow(document.components.schemas[name])
      }
    }
    follow(document.paths)
    expect([...used].sort()).toEqual(Object.keys(document.components.schemas).sort())
  })

  it('has components whose names differ by more than their case, and refuses a second schema for a name', () => {
    const names = Object.keys(document.components.schemas).map((name) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^([A-Z][a-z]+)+$/)
    expect(() => nameOutput('Page', z.string())).toThrow('two schemas are named Page')
    expect(() => nameInput('Money', z.string())).toThrow('two schemas are named Money')
  })
})

describe('the schemas of the OpenAPI document', () => {
  let ajv: Ajv2020
  beforeAll(() => {
    // The package is CommonJS: its function is the default of its default.
    const addFormats = formatsPlugin.default
    ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats(ajv)
    ajv.addFormat('edtf', true)
    ajv.addSchema(api.document, 'openapi')
  })

  /** What a validator has against a value, by the schema at a pointer; an empty list if nothing. */
  function faultsOf(value: unknown, pointer: string): unknown[] {
    const validate = ajv.compile({ $ref: `openapi#${pointer}` })
    return validate(value) ? [] : (validate.errors ?? [])
  }
  const escaped = (...steps: string[]) =>
    steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

  it('accept their own examples', () => {
    for (const [name, { examples }] of Object.entries(document.components.schemas))
      for (const example of z.array(z.unknown()).parse(examples))
        expect(faultsOf(example, `/components/schemas/${name}`), name).toEqual([])
  })

  it('accept the examples of bodies', () => {
    let count = 0
    for (const { path, method, requestBody, responses } of operations) {
      const contents = [
        ...Object.entries(requestBody?.content ?? {}).map(([type, { example }]) => ({
          example,
          at: ['requestBody', 'content', type],
        })),
        ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([type, { example }]) => ({
            example,
            at: ['responses', status, 'content', type],
          })),
        ),
      ]
      for (const { example, at } of contents.filter((content) => content.example !== undefined)) {
        count++
        const place = escaped('paths', path, method, ...at, 'schema')
        expect(faultsOf(example, place), place).toEqual([])
      }
    }
    expect(count).toBeGreaterThanOrEqual(3 * resources.length)
  })

  it('are true of every example when it is sent: what the document shows can be created', async () => {
    for (const { name, example } of resources.filter(({ key }) => key.madeBy === 'client')) {
      const answer = await api.post(`/v1/${name}`, example)
      // The reference data has it already, or it is made now.
      expect([201, 409], `${name}: ${answer.text}`).toContain(answer.status)
    }
    for (const { name, example } of resources.filter(({ key }) => key.madeBy === 'registry')) {
      const { externalIds, ...document } = example
      const answer = await api.post(`/v1/${name}`, document)
      const faults = answer.status === 201 ? [] : answer.json<{ errors: { code: string }[] }>().errors
      // Ids of other records in an example are of no record here.
      expect(faults.filter(({ code }) => code !== 'dangling_reference')).toEqual([])
    }
  })

  it.each([1.1, 4.35, 0.07, 1_500_000.5, 9_234_567_890_123.45])(
    'accept an amount of %d, which the registry takes, also where a validator counts as JavaScript does',
    (amount) => {
      expect(faultsOf({ amount, currency: 'CNY' }, '/components/schemas/Money')).toEqual([])
    },
  )

  it('refuse what the registry refuses', () => {
    const wrong = [
      { title: 'No kind' },
      { title: 'A', kind: 'none' },
      { title: 'A', kind: 'treaty', parties: [{ country: 'pak', role: 'party' }] },
      { title: 'A', kind: 'treaty', unheardOf: 1 },
      { title: '', kind: 'treaty' },
    ]
    const place = escaped(
      'paths',
      '/v1/agreements',
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
    )
    for (const body of wrong) expect(faultsOf(body, place), JSON.stringify(body)).not.toEqual([])
    expect(faultsOf({ title: 'A', kind: 'treaty' }, place)).toEqual([])
  })

  it('allow several values with commas wherever an operator takes them', () => {
    const place = (name: string) => {
      const at = document.paths['/v1/agreements']?.get?.parameters.findIndex((one) => one.name === name)
      return escaped('paths', '/v1/agreements', 'get', 'parameters', String(at), 'schema')
    }
    for (const [name, value] of [
      ['topic', { exactly: 'energy,ocean' }],
      ['status', { ne: 'signed,expired' }],
      ['country', { all: 'CHN,PAK:party', noneAs: 'observer,depositary' }],
    ] as const)
      expect(faultsOf(value, place(name)), name).toEqual([])
    expect(faultsOf({ ne: 'singed' }, place('status'))).not.toEqual([])
  })

  it('put no list into an object of a query, for which OpenAPI has no notation and clients have no code', () => {
    const nested = z.looseObject({
      anyOf: z.array(z.looseObject({ properties: z.record(z.string(), schema).optional() })).optional(),
      properties: z.record(z.string(), schema).optional(),
    })
    const lists = grid.flatMap(({ operationId, parameters }) =>
      parameters.flatMap(({ name, schema: own }) => {
        const { anyOf = [], properties } = nested.parse(own)
        return [{ properties }, ...anyOf].flatMap((variant) =>
          Object.entries(variant.properties ?? {})
            .filter(([, inner]) => inner.type === 'array')
            .map(([operator]) => `${operationId} ${name}[${operator}]`),
        )
      }),
    )
    expect(lists).toEqual([])
  })

  it('type numbers in queries as numbers, so that clients can give numbers', () => {
    const typeOf = (path: string, name: string) => {
      const own = document.paths[path]?.get?.parameters.find((candidate) => candidate.name === name)
      return JSON.stringify(own?.schema)
    }
    expect(typeOf('/v1/agreements', 'limit')).toMatch(/"type":"integer"/)
    expect(typeOf('/v1/projects', 'budget')).toMatch(/"type":"number"/)
    expect(typeOf('/v1/cooperation-bases', 'unitCount')).toMatch(/"type":"(number|integer)"/)
  })
})

describe('the pages of problems', () => {
  it('are served, one for each type that the document lists, with its title', async () => {
    const problem = z
      .looseObject({ properties: z.looseObject({ type: z.looseObject({ enum: z.array(z.string()) }) }) })
      .parse(document.components.schemas.Problem)
    const types = problem.properties.type.enum
    expect(types.length).toBeGreaterThan(10)
    const overview = await (await fetch(`${api.origin}/problems`)).text()
    for (const type of types) {
      const page = await fetch(`${api.origin}${type}`)
      expect(page.status, type).toBe(200)
      expect(page.headers.get('content-type'), type).toMatch(/^text\/html/)
      expect(await page.text(), type).toMatch(/<h1>.+<\/h1><p>HTTP status \d{3}<\/p><p>.+<\/p>/)
      expect(overview).toContain(`href="${type}"`)
    }
  })

  it('are the ones that answers lead to', async () => {
    const { type, title } = (await api.get('/v1/agreements?unheardOf=1')).json<Record<string, string>>()
    expect(await (await fetch(`${api.origin}${type}`)).text()).toContain(`<h1>${title}</h1>`)
  })
})

/**
 * What somebody writes against the registry with types made from its document. It is compiled with these types, and
 * then it runs.
 */
const program = `
import type { Client } from 'openapi-fetch'
import type { components, paths } from './registry.ts'

export async function work(client: Client<paths, 'application/json' | 'application/problem+json'>) {
  const list = await client.GET('/v1/agreements', {
    params: {
      query: {
        status: ['signed'],
        signedOn: { gte: '2011-04' },
        country: ['NPL', 'BTN'],
        sort: ['-signedOn', 'title'],
        include: ['citations'],
        limit: 10,
        count: 'exact',
      },
    },
  })
  if (list.error) throw new Error(list.error.detail)
  const found: (string | null | undefined)[] = list.data.data.map(({ signedOn }) => signedOn)
  const next: string | null = list.data.page.next

  // What may be left out need not be written.
  const document: components['schemas']['AgreementInput'] = {
    title: 'By a client with types',
    kind: 'protocol',
    parties: [{ country: 'NPL', role: 'party' }],
  }
  const created = await client.POST('/v1/agreements', { body: document })
  if (created.error) throw new Error(created.error.detail)
  const { id, version } = created.data

  const change = { status: 'in_force', inForceFrom: '2012' } as const
  const patch = (tag: string) =>
    client.PATCH('/v1/agreements/{id}', {
      params: { path: { id }, header: { 'If-Match': tag } },
      body: change,
    })
  const patched = await patch(\`"\${version}"\`)
  if (patched.error) throw new Error(patched.error.detail)
  const stale = await patch(\`"\${version}"\`)
  const problem: components['schemas']['Problem']['type'] | undefined = stale.error?.type

  const other = await client.GET('/v1/agreements', {
    params: { query: { kind: ['treaty', 'agreement'], id: [id] } },
  })
  const { response: removed } = await client.DELETE('/v1/agreements/{id}', {
    params: { path: { id }, header: { 'If-Match': '*' } },
  })

  // @ts-expect-error a filter that does not exist
  await client.GET('/v1/agreements', { params: { query: { stauts: ['signed'] } } })
  // @ts-expect-error a status that does not exist
  await client.GET('/v1/agreements', { params: { query: { status: ['sigend'] } } })
  // @ts-expect-error a body without what it needs
  await client.POST('/v1/agreements', { body: { title: 'No kind' } })
  // @ts-expect-error a change that does not say of which version
  await client.PATCH('/v1/agreements/{id}', { params: { path: { id } }, body: change })

  return {
    found,
    next,
    total: list.data.page.total?.count,
    version: patched.data.version,
    status: patched.data.status,
    problem,
    others: other.data?.data.length,
    removed: removed.status,
  }
}
`

describe('types made from the OpenAPI document', () => {
  /** Compiles files that exist only here, as if they were beside package.json; returns what the compiler says. */
  function compile(files: Record<string, string>): string[] {
    const options: ts.CompilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
    }
    const host = ts.createCompilerHost(options)
    const virtual = new Map(Object.entries(files).map(([name, text]) => [join(process.cwd(), name), text]))
    const real = { fileExists: host.fileExists, readFile: host.readFile }
    host.fileExists = (name) => virtual.has(name) || real.fileExists.call(host, name)
    host.readFile = (name) => virtual.get(name) ?? real.readFile.call(host, name)
    const compiled = ts.createProgram([...virtual.keys()], options, host)
    return ts.getPreEmitDiagnostics(compiled).map(({ file, start, messageText }) => {
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
      return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  }

  it(
    'compile under strict TypeScript, and so does a client that lists, creates, changes and removes with them',
    slow,
    async () => {
      const types = astToString(await openapiTS(JSON.stringify(api.document)))
      expect(compile({ 'registry.ts': types, 'program.ts': program })).toEqual([])
    },
  )

  it('are those of a client that works: its filters reach the registry as it means them', async () => {
    const { outputText } = ts.transpileModule(program, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    })
    const { work }: { work: (client: unknown) => Promise<unknown> } = await import(
      `data:text/javascript,${encodeURIComponent(outputText)}`
    )
    for (const [status, signedOn, country] of [
      ['signed', '2012-03', 'BTN'],
      ['signed', '2010', 'NPL'],
      ['expired', '2012-03', 'NPL'],
      ['signed', '2012-03', 'MDV'],
    ]) {
      const parties = [{ country, role: 'party' }]
      await api.post('/v1/agreements', { title: 'An agreement', kind: 'treaty', status, signedOn, parties })
    }
    const client = createClient({
      baseUrl: api.origin,
      headers: { authorization: `Bearer ${adminKey}` },
    })
    expect(await work(client)).toEqual({
      found: ['2012-03'],
      next: null,
      total: 1,
      version: 2,
      status: 'in_force',
      problem: '/problems/stale-version',
      others: 0,
      removed: 204,
    })
  })
})
