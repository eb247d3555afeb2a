import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from './support/api.ts'
import { adminKey } from './support/app.ts'
import { pages, readPage } from './support/docs-pages.ts'
import { isInstalled } from './support/is-installed.ts'

const address = 'http://127.0.0.1:3000'

/**
 * Wraps curl: ends a request after 5 seconds, since a stream never ends, and writes the status code to stderr. curl writes no
 * status code if it refuses the URL (exit code 3), such as brackets without `-g`; then the wrapper writes 0.
 */
const curlFunction = `curl() {
  command curl --silent --max-time 5 --write-out '%{stderr}<status>%{http_code}</status>' "$@"
  local code=$?
  if [ $code = 3 ]; then echo '<status>0</status>' >&2; fi
  return $code
}`

const hasBashAndCurl = isInstalled('bash', '-c', 'curl --version')

interface Example {
  /** Line of the page on which the commands begin. */
  line: number
  commands: string
  /** The expected status codes of 400 and above. The block announces each by a comment such as `# 412`. */
  announced: number[]
}

/** Returns the sh code blocks that use curl and whose URLs all lead to the local service. */
function examplesOf(text: string): Example[] {
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(({ 1: commands = '', index }) => {
    const hosts = [...commands.matchAll(/https?:\/\/[^/'"\s]+/g)].map(([host]) => host)
    if (!/\bcurl\b/.test(commands) || hosts.some((host) => host !== address)) return []
    const announced = [...commands.matchAll(/# ([45]\d\d)\b/g)].map(([, status]) => Number(status))
    return [{ line: text.slice(0, index).split('\n').length + 1, commands, announced }]
  })
}

/** @param status the status code, or 0 when there was no response. */
const isFailure = (status: number) => status < 200 || status >= 400

/** The pages that have examples. */
const pagesWithExamples = (
  await Promise.all(pages.map(async (page) => [page, examplesOf(await readPage(page))] as const))
).filter(([, examples]) => examples.length > 0)

describe.skipIf(!hasBashAndCurl).each(pagesWithExamples)('curl examples in %s', (_page, examples) => {
  let api: Api
  let folder: string
  beforeAll(async () => {
    api = await startTestApi()
    folder = await mkdtemp(join(tmpdir(), 'entente-docs-'))
    await mkdir(join(folder, '.data'))
    await writeFile(join(folder, '.data/admin-key'), adminKey)
  })
  afterAll(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })

  it('run as they are written, and fail exactly where the page says so', async () => {
    const script = examples.map(({ commands }, index) => `echo '<block>${index}' >&2\n${commands}`).join('\n')
    const { stderr } = await promisify(execFile)(
      'bash',
      ['-c', `${curlFunction}\n${script.replaceAll(address, api.origin)}\ntrue`],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
    )
    const [, ...outputs] = stderr.split('<block>')
    const found = outputs.map((output, index) => ({
      line: examples[index]?.line,
      sent: output.includes('<status>'),
      failures: [...output.matchAll(/<status>(\d+)/g)].map(([, code]) => Number(code)).filter(isFailure),
    }))
    expect(found).toEqual(examples.map(({ line, announced }) => ({ line, sent: true, failures: announced })))
  })
})
