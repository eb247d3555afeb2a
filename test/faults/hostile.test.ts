import { expect, it } from 'vitest'
import { z } from 'zod'
import { createRandom } from '../../src/features/generating/random.ts'
import { openTestDatabase } from '../support/database.ts'
import { repetitions } from '../support/repetitions.ts'
import { type CheckResponse, responseCheck } from '../support/responses.ts'
import { useOpened } from '../support/use-opened.ts'
import { type Operation, operationsOf, type Request } from './hostile/operations.ts'
import { RequestGenerator } from './hostile/requests.ts'
import { type RawResponse, send, sendBytes } from './hostile/sending.ts'
import { residentMebibytes } from './isolation/memory.ts'
import { openService, type Service } from './service.ts'

/** Random requests (valid, invalid and malicious), and malformed or slow HTTP. */

const count = repetitions(50_000)
const concurrency = 24
const seed = 20_110_828

const database = useOpened(openTestDatabase)

/** Internal details that no error response may contain: stack traces, files, SQL, PostgreSQL errors. No request contains them. */
const leaks =
  /\n +at .+:\d+:\d+|node_modules|\/src\/|\.[jt]s:\d+|syntax error at|violates|relation "|operator does not exist|invalid input syntax|SQLSTATE|pg_[a-z]+|_(fkey|pkey|fk|pk|check|unique)\b|\bselect .+ from\b/i

/** Reads the keys of records of every list, by path. */
async function readKeys(origin: string, document: unknown): Promise<Map<string, string[]>> {
  const lists = operationsOf(document).filter(({ operationId }) => operationId.startsWith('list'))
  const keys = new Map<string, string[]>()
  for (const { path } of lists) {
    const response = await send(origin, {
      operationId: '',
      method: 'GET',
      url: `${path}?limit=100`,
      headers: {},
    })
    if (response.status !== 200) continue
    const records = z.looseObject({ data: z.array(z.looseObject({})) }).parse(JSON.parse(response.text)).data
    keys.set(
      path,
      records.map(({ id, code, slug }) => String(id ?? code ?? slug)),
    )
  }
  return keys
}

/** Describes the fault of a response; undefined when the response is correct. */
function findFault(request: Request, response: RawResponse, check: CheckResponse): string | undefined {
  const { status, headers, text } = response
  if (status >= 500 && !(status === 503 && headers['retry-after'])) return `status ${status}`
  if ('x-injected' in headers) return 'a header was injected'
  if (status >= 400 && leaks.test(text)) return `leaks internal details: ${leaks.exec(text)?.[0]}`
  try {
    check({
      method: request.method,
      url: request.url,
      status,
      contentType: headers['content-type'] ?? null,
      body: text,
      // The contract tests check that the right properties are selected.
      records: 'sparse',
    })
  } catch (error) {
    // Load shedding also refuses requests to unknown paths.
    const isShedUnknown = status === 503 && String(error).includes('the path is not in the OpenAPI document')
    return isShedUnknown ? undefined : String(error)
  }
  return undefined
}

/** Whether random requests can succeed: merges need two records of a resource, imports need a form with files. */
const isReachable = ({ operationId, path }: Operation): boolean =>
  !operationId.startsWith('merge') && !path.startsWith('/v1/imports')

/** Measures the resident memory of the service in MiB. */
async function measureMemoryMib(service: Service): Promise<number> {
  const { pid } = service.currentRun()
  if (pid === undefined) throw new Error('the service has no process')
  return Math.round(await residentMebibytes(pid))
}

it('valid, invalid and malicious requests get documented responses in constant memory', async ({ task }) => {
  const service = await openService(database.url, {
    TRUST_PROXY: '127.0.0.1',
    CACHE_MB: '16',
    // The small heap makes a memory leak fail the test.
    NODE_OPTIONS: '--max-old-space-size=320',
  })
  const document: unknown = await (await fetch(`${service.origin}/openapi.json`)).json()
  const keys = await readKeys(service.origin, document)
  const requests = new RequestGenerator(document, createRandom(seed), keys)
  const check = responseCheck(document)
  const faults = new Map<string, string>()
  const statuses: Record<string, number> = {}
  const succeeded = new Set<string>()
  const memoryMib: number[] = []
  let sent = 0
  const sendRequests = async () => {
    while (sent < count) {
      sent += 1
      if (sent % Math.floor(count / 5) === 0) memoryMib.push(await measureMemoryMib(service))
      const request = requests.next()
      const response = await send(service.origin, request).catch((error: unknown) => ({
        status: 0,
        headers: {},
        text: String(error),
      }))
      const statusClass = `${Math.floor(response.status / 100)}xx`
      statuses[statusClass] = (statuses[statusClass] ?? 0) + 1
      if (response.status < 400) succeeded.add(request.operationId)
      const fault = findFault(request, response, check)
      if (!fault) continue
      const { method, url, headers, body = '' } = request
      const exchange = `${method} ${url} ${JSON.stringify(headers)} ${body}\n${response.text}`
      // A fault that occurs many times is reported once, and long texts are cut, so that the report can be read.
      faults.set(`${request.operationId}: ${fault}`.slice(0, 200), exchange.slice(0, 1500))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendRequests))
  const operations = operationsOf(document)
  const reachable = operations.filter(isReachable)
  const [firstMib = 0] = memoryMib
  task.meta.figures = {
    requests: sent,
    ...statuses,
    operations: operations.length,
    'operations that succeeded': succeeded.size,
    'MiB after a fifth of the requests': firstMib,
    'MiB at the end': memoryMib.at(-1) ?? 0,
  }
  expect(Object.fromEntries(faults)).toEqual({})
  // Most operations must succeed at least once, or the test would prove little. Fewer requests reach fewer operations.
  expect(
    reachable.filter(({ operationId }) => succeeded.has(operationId)).length / reachable.length,
  ).toBeGreaterThan(count < 50_000 ? 0.8 : 0.9)
  expect(memoryMib.length).toBeGreaterThanOrEqual(5)
  expect(memoryMib.at(-1) ?? 0).toBeLessThan(firstMib + 100)
})

/** Returns the head of a request without the empty line that ends it. */
const head = (line: string, ...headers: string[]) => `${[line, 'Host: x', ...headers].join('\r\n')}\r\n`

const splitSmall = (text: string) => text.match(/.{1,8}/gs) ?? []

/** Malformed and unusual requests that no client library sends, each in the parts in which it is sent. */
const rawRequests: Record<string, string[]> = {
  'bytes that are not HTTP': ['hello\r\n\r\n'],
  'an unknown HTTP version': ['GET / HTTP/9.9\r\n\r\n'],
  'a NUL in the query': [head('GET /v1/agreements?q=\u0000 HTTP/1.1'), '\r\n'],
  'bytes beyond ASCII in the query': [
    head('GET /v1/agreements?q=\xe4\xf6 HTTP/1.1', 'Connection: close'),
    '\r\n',
  ],
  'invalid percent-encoding': [head('GET /v1/agreements?q=%zz HTTP/1.1', 'Connection: close'), '\r\n'],
  'a path with ../': [head('GET /../../etc/passwd HTTP/1.1', 'Connection: close'), '\r\n'],
  'a malformed absolute URL': [head('GET http://[::1 HTTP/1.1', 'Connection: close'), '\r\n'],
  'a header of 64 KiB': [head('GET /v1/agreements HTTP/1.1', `X: ${'x'.repeat(65_536)}`), '\r\n'],
  'ten thousand headers': [
    head('GET /v1/agreements HTTP/1.1', ...Array.from({ length: 10_000 }, () => 'a: b')),
    '\r\n',
  ],
  'two content lengths': [
    head('POST /v1/agreements HTTP/1.1', 'Content-Length: 5', 'Content-Length: 6'),
    '\r\n12345',
  ],
  'a content length and chunks': [
    head('POST /v1/agreements HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
    '\r\n0\r\n\r\n',
  ],
  'a negative content length': [head('POST /v1/agreements HTTP/1.1', 'Content-Length: -1'), '\r\n'],
  'malformed chunks': [
    head('POST /v1/agreements HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Type: application/json'),
    '\r\nzz\r\n',
  ],
  'an incomplete body': [
    head('POST /v1/agreements HTTP/1.1', 'Content-Length: 500', 'Content-Type: application/json'),
    '\r\n{"title"',
  ],
  'a line break in a header': [
    head('GET /v1/agreements HTTP/1.1', 'X: a\nY: b', 'Connection: close'),
    '\r\n',
  ],
  'a request in parts of eight bytes': splitSmall(
    `${head('GET /v1/countries/CHN HTTP/1.1', 'Connection: close')}\r\n`,
  ),
}

it('malformed and slow HTTP gets no 5xx, leaks nothing and does not disturb other clients', async ({
  task,
}) => {
  const service = await openService(database.url)
  const slow = Array.from({ length: 200 }, () =>
    sendBytes(
      service.origin,
      [
        head('POST /v1/agreements HTTP/1.1', 'Content-Length: 100000'),
        '\r\n',
        ...splitSmall('{"title":'.repeat(20)),
      ],
      200,
    ),
  )
  for (const [what, parts] of Object.entries(rawRequests)) {
    const output = await sendBytes(service.origin, parts, 2)
    const statuses = [...output.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
    expect(
      statuses.filter((status) => status >= 500),
      what,
    ).toEqual([])
    expect(output, what).not.toMatch(leaks)
    const others = await fetch(`${service.origin}/v1/countries/CHN`)
    expect(others.status, what).toBe(200)
  }
  const outputs = (await Promise.all(slow)).filter((output) => output !== '')
  expect(outputs).not.toEqual([])
  expect(outputs.filter((output) => !/^HTTP\/1\.1 4\d\d/.test(output))).toEqual([])
  task.meta.figures = {
    'kinds of raw requests': Object.keys(rawRequests).length,
    'concurrent slow bodies': slow.length,
  }
})
