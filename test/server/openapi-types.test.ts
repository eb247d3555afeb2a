// @module-tag slow

import { join } from 'node:path'
import createClient from 'openapi-fetch'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

/** Generating and compiling the types takes seconds, and longer on a busy machine. */
const slow = { timeout: 60_000 }

const api = useTestApi()

/**
 * A client program of the registry. It is compiled with types generated from the OpenAPI document, and then run.
 */
const program = `
import type { Client } from 'openapi-fetch'
import type { components, paths } from './registry.ts'

export async function work(client: Client<paths, 'application/json' | 'application/problem+json'>) {
  const list = await client.GET('/v1/agreements', {
    params: {
      query: {
        status: ['signed'],
        'signedOn[gte]': '2011-04',
        'status[isNull]': false,
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

  // Optional properties may be left out.
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
  // @ts-expect-error an operator that only a search has
  await client.GET('/v1/agreements', { params: { query: { 'signedOn[certainlyGte]': '2011' } } })
  // @ts-expect-error a status that does not exist
  await client.GET('/v1/agreements', { params: { query: { status: ['sigend'] } } })
  // @ts-expect-error a body without a required property
  await client.POST('/v1/agreements', { body: { title: 'No kind' } })
  // @ts-expect-error a change without If-Match
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

describe('types generated from the OpenAPI document', () => {
  /** Compiles files in memory, as if they were next to package.json. @returns the messages of the compiler. */
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
    'compile under strict TypeScript, with a client that lists, creates, changes and removes',
    slow,
    async () => {
      const types = astToString(await openapiTS(JSON.stringify(api.served)))
      expect(compile({ 'registry.ts': types, 'program.ts': program })).toEqual([])
    },
  )

  it('make a working client, whose filters arrive unchanged', async () => {
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
