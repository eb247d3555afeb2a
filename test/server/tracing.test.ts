// @module-tag slow

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { packageRoot } from '../../src/package-root.ts'
import { openTracingPipeline } from '../../src/server/plugins/tracing/pipeline.ts'
import { RequestSpan } from '../../src/server/plugins/tracing/request-span.ts'
import { describeStatement } from '../../src/server/plugins/tracing/statement-text.ts'
import { startTestApi } from '../support/api.ts'
import { getPort } from '../support/ports.ts'

const attributeSchema = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional(), intValue: z.number().optional() }),
})
const spanSchema = z
  .looseObject({
    traceId: z.string(),
    spanId: z.string(),
    parentSpanId: z.string().optional(),
    name: z.string(),
    kind: z.number(),
    attributes: z.array(attributeSchema),
    status: z.object({ code: z.number().optional() }),
  })
  .transform(({ attributes, ...rest }) => ({
    ...rest,
    attributes: Object.fromEntries(
      attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
    ),
  }))
const tracesSchema = z.object({
  resourceSpans: z.array(z.looseObject({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
})

/** Opens a fake OpenTelemetry collector, which collects the bodies that it receives, each after its path and a space. */
async function openCollector() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    bodies.push(`${request.url} ${await text(request)}`)
    response.setHeader('content-type', 'application/json').end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = getPort(server)
  return { url: `http://127.0.0.1:${port}`, bodies, close: () => server.close() }
}

const clientTrace = 'a1'.repeat(16)
const clientSpan = 'b2'.repeat(8)
const secret = 'a-word-that-no-span-may-contain'

describe('with OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  let bodies: string[]
  let spans: z.infer<typeof spanSchema>[]
  let requestIds: (string | null)[]
  beforeAll(async () => {
    const collector = await openCollector()
    const api = await startTestApi({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, CACHE_MB: '0' },
    })
    const traced = await fetch(`${api.origin}/v1/agreements?q=${secret}&country=PAK`, {
      headers: { traceparent: `00-${clientTrace}-${clientSpan}-01`, 'user-agent': secret },
    })
    const topic = { slug: 'traced', name: secret, scheme: 'tracing' }
    const created = await api.post('/v1/topics', topic)
    const refused = await api.post('/v1/topics', topic)
    const past = await api.get('/v1/topics/energy?asOf=2020-02-03T04:05:06Z')
    const exported = await api.get('/v1/topics/export?format=ndjson')
    const ready = await api.get('/readyz')
    const streamed = await fetch(`${api.origin}/v1/changes/stream`, { headers: { 'last-event-id': '0.0' } })
    const reader = streamed.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    const responses = [traced, created, refused, past, exported, ready, streamed]
    expect(responses.map(({ status }) => status)).toEqual([200, 201, 409, 404, 200, 200, 200])
    await fetch(`${api.origin}/${secret}`)
    const inspected = [traced, created, refused, exported, ready, streamed]
    requestIds = inspected.map(({ headers }) => headers.get('x-request-id'))
    // Closing the service sends the remaining spans.
    await api.close()
    collector.close()
    bodies = collector.bodies
    spans = bodies
      .flatMap((body) => tracesSchema.parse(JSON.parse(body.slice(body.indexOf(' ')))).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
  })

  const requestSpan = (index: number) => {
    const found = spans.find(({ attributes }) => attributes['entente.request_id'] === requestIds[index])
    if (!found) throw new Error(`no span of request ${index}`)
    return found
  }
  const statementsOf = (index: number) => {
    const { spanId, traceId } = requestSpan(index)
    return spans.filter((child) => child.parentSpanId === spanId && child.traceId === traceId)
  }

  it('sends the span of a request as a child of the span of its client', () => {
    expect(bodies.every((body) => body.startsWith('/v1/traces {'))).toBe(true)
    expect(requestSpan(0)).toMatchObject({
      traceId: clientTrace,
      parentSpanId: clientSpan,
      name: 'GET /v1/agreements',
      kind: 2,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/v1/agreements',
        'http.response.status_code': 200,
        'entente.operation': 'listAgreements',
      },
    })
    expect(requestSpan(1).parentSpanId).toBeUndefined()
  })

  it('sends spans of the statements of a read and of a write with a body', () => {
    expect(statementsOf(0).map(({ name }) => name)).toContain('SELECT')
    expect(statementsOf(0)[0]).toMatchObject({ kind: 3, attributes: { 'db.system.name': 'postgresql' } })
    const written = statementsOf(1)
    expect(written.map(({ name }) => name)).toContain('BEGIN')
    expect(written.some(({ attributes }) => /insert into/.test(String(attributes['db.query.text'])))).toBe(
      true,
    )
  })

  it('sends spans of the statements of an export', () => {
    expect(statementsOf(3).map(({ name }) => name)).toEqual(expect.arrayContaining(['BEGIN', 'COPY']))
  })

  it('sends spans of the statements of a readiness check and of a stream', () => {
    expect(statementsOf(4).map(({ name }) => name)).toContain('SELECT')
    expect(statementsOf(5).map(({ name }) => name)).toContain('SELECT')
  })

  it('does not count a stream of changes as failed when its client disconnects', () => {
    expect(requestSpan(5).attributes['http.response.status_code']).toBe(200)
    expect(requestSpan(5).status.code ?? 0).toBe(0)
  })

  it('marks a failed statement with its SQLSTATE, but a 4xx response is not an error', () => {
    const failed = statementsOf(2).filter(({ status }) => status.code === 2)
    expect(failed.map(({ attributes }) => attributes['error.type'])).toContain('23505')
    expect(requestSpan(2).status.code ?? 0).toBe(0)
  })

  it('sends no values, query strings or addresses, and of paths only the routes', () => {
    const sent = bodies.join('\n')
    for (const value of [secret, 'PAK', '2020-02-03', '127.0.0.1']) expect(sent).not.toContain(value)
  })
})

it.each<[resourceAttributes: Record<string, string>, serviceName: string | undefined, name: string]>([
  [{}, undefined, 'entente'],
  [{ 'service.name': 'registry' }, undefined, 'registry'],
  [{ 'service.name': 'registry' }, 'other', 'other'],
])('with the attributes %j and the service name %s, traces have the service name %s', async (...row) => {
  const [resourceAttributes, serviceName, name] = row
  const collector = await openCollector()
  const options = { endpoint: collector.url, serviceName, resourceAttributes, sampleRatio: 1 }
  const pipeline = openTracingPipeline(options, () => {})
  pipeline.tracer.startSpan('a').end()
  await pipeline.close()
  collector.close()
  expect(collector.bodies.join()).toContain(`{"key":"service.name","value":{"stringValue":"${name}"}}`)
})

it.each<[status: number | undefined, type: string | undefined]>([
  [undefined, 'aborted'],
  [404, undefined],
  [503, '503'],
])('a request span with the status %s has the error type %s', (status, type) => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const span = new RequestSpan(provider.getTracer('test'), 'GET', {})
  span.end({ id: '1', operation: 'listTopics', route: '/v1/topics', status })
  expect(exporter.getFinishedSpans().map(({ attributes }) => attributes['error.type'])).toEqual([type])
})

it('a statement in a span contains no string literals', () => {
  const statement = `set local x = 'it''s'; select "a" from b where c = 'd' and e = $1 and f = 'cut`
  expect(describeStatement(statement)).toEqual({
    operation: 'SET',
    text: 'set local x = ?; select "a" from b where c = ? and e = $1 and f = ?',
  })
})

it.each([
  ['/* as of */ select 1', 'SELECT'],
  ['/* a * b */ /* public */(select 1)', 'SELECT'],
  ['/* as of', 'STATEMENT'],
])('the operation of a statement in a span is no word of a comment: %s', (text, operation) => {
  expect(describeStatement(text).operation).toBe(operation)
})

it('importing the app does not load the SDK of OpenTelemetry', async () => {
  const script = `import { createRequire } from 'node:module'
    await import('./src/server/app.ts')
    const paths = Object.keys(createRequire(import.meta.url).cache)
    // prom-client loads the API of OpenTelemetry, which does nothing without the SDK.
    console.log(paths.length > 0, paths.filter((path) => /@opentelemetry\\/(?!api)/.test(path)).length)`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageRoot })
  expect(stdout).toBe('true 0\n')
}, 60_000)
