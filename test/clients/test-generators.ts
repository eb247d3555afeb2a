import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { isInstalled } from '../support/is-installed.ts'
import { expectedOutput } from './expected-output.ts'
import type { Command, GeneratorGroup } from './generators.ts'
import { openService, type Service } from './service.ts'

/** A row of the table that `table.ts` prints: the last step in which a client succeeded. */
export interface ClientRow {
  language: string
  generator: string
  state: 'skipped' | 'fails' | 'generates' | 'compiles' | 'passes'
  remark: string
}

declare module 'vitest' {
  interface TaskMeta {
    /** The result of the test of a generator, for the table. */
    client?: ClientRow
  }
}

const execute = promisify(execFile)
const maxOutput = 64 * 1024 * 1024

/** A generator or compiler that downloads what it needs may take minutes. */
const timeoutMs = 420_000

/** Runs a command and returns what it prints. @throws an Error with the output if the command fails. */
async function runIn(folder: string, [program, ...args]: Command, env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: maxOutput, timeout: timeoutMs }
  try {
    return (await execute(program, args, options)).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error)
    throw new Error(`${program} ${args.join(' ')}: ${error}\n${`${stdout}${stderr}`.slice(-8000)}`)
  }
}

/**
 * Declares a test for each generator of a group. It generates a client from the served document, compiles it with
 * strict checks, and runs the scenario against the service. Without the tools of the language, the tests are skipped,
 * or fail if `CI` is set.
 */
export function testGenerators(group: GeneratorGroup): void {
  let folder: string
  let service: Service
  let missing: Command[]

  beforeAll(async () => {
    missing = group.tools.filter((command) => !isInstalled(...command))
    folder = await mkdtemp(join(tmpdir(), `entente-client-${group.folder}-`))
    if (missing.length > 0) return
    const source = fileURLToPath(new URL(group.folder, import.meta.url))
    for (const name of await readdir(source))
      if (!['node_modules', 'generated'].includes(name))
        await cp(join(source, name), join(folder, name), { recursive: true })
    service = await openService()
    await writeFile(join(folder, 'openapi.json'), service.openApi)
    for (const command of group.prepare) await runIn(folder, command, {})
  }, timeoutMs)
  afterAll(async () => {
    await service?.close()
    await rm(folder, { recursive: true, force: true })
  })

  for (const generator of group.generators) {
    const title = `${generator.name} generates a working client for ${group.language}`
    it(title, { timeout: timeoutMs }, async ({ task, skip }) => {
      const { name, remark } = generator
      const row: ClientRow = { language: group.language, generator: name, state: 'skipped', remark }
      task.meta.client = row
      if (missing.length > 0) {
        const message = `not installed: ${missing.map(([program]) => program).join(', ')}`
        if (process.env.CI) throw new Error(message)
        return skip(message)
      }
      row.state = 'fails'
      const env = { REGISTRY_URL: service.origin, REGISTRY_KEY: adminKey }
      for (const command of generator.generate) await runIn(folder, command, env)
      row.state = 'generates'
      for (const command of generator.compile) await runIn(folder, command, env)
      row.state = 'compiles'
      const printed = await runIn(folder, generator.run, env)
      expect(JSON.parse(printed)).toEqual(expectedOutput)
      row.state = 'passes'
    })
  }
}
