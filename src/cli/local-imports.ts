import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, singleReads } from '../database/database.ts'
import { builtInMappings, resolveMapping } from '../features/imports/built-in.ts'
import { checkDecisions } from '../features/imports/decisions.ts'
import { readDecisions } from '../features/imports/decisions-csv.ts'
import type { LocalFile } from '../features/imports/files.ts'
import { writeMissing } from '../features/imports/http/missing.ts'
import { writeOpenNames } from '../features/imports/http/names.ts'
import { writeRejected } from '../features/imports/http/rejected.ts'
import { saveDecisions } from '../features/imports/names.ts'
import { isTemporary, type RunOptions, runImport } from '../features/imports/run.ts'
import { readSettings } from '../features/imports/settings.ts'
import { commitStep, lockImport, type Step, takeStep, undoStep } from '../features/imports/steps.ts'
import {
  changeImport,
  createImport,
  type ImportFile,
  type ImportRecord,
  readImport,
} from '../features/imports/store.ts'
import { registry } from '../resources/registry.ts'
import { StartupError } from '../startup-error.ts'
import type { CommandContext } from './context.ts'
import { describeImport } from './import-report.ts'
import { ProgressBar } from './progress.ts'

/** The input of a new import on the command line: paths of files. */
export interface LocalImport {
  mapping: string
  files: string[]
  decisions: string | undefined
  commitsItself: boolean
}

/** How long the database may be unreachable before the command fails, and the pause between its attempts. */
const maxOutageMs = 120_000
const retryMs = 1000

/** An attempt that took longer has reached the database, so that its failure begins another outage. */
const longAttemptMs = 30_000

/** Size and SHA-256 of a file. @throws StartupError when it cannot be read. */
async function describeFile({ path, name }: LocalFile): Promise<ImportFile> {
  try {
    const { size } = await stat(path)
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path)) hash.update(chunk)
    return { name, bytes: size, sha256: hash.digest('hex') }
  } catch (error) {
    throw new StartupError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new StartupError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** Reads a mapping: a file, or a built-in one by its name. */
const readMapping = async (path: string): Promise<string> =>
  builtInMappings.includes(path) ? resolveMapping(path) : readText(path)

/** Imports of files on this machine, whose work this process does itself. The service may be running. */
export class LocalImports {
  readonly #database: Database
  readonly #context: CommandContext

  constructor(database: Database, context: CommandContext) {
    this.#database = database
    this.#context = context
  }

  /** Starts an import and makes its dry run or, if it commits itself, all of it. */
  async start({ mapping: path, files: paths, decisions, commitsItself }: LocalImport): Promise<ImportRecord> {
    const mapping = await readMapping(path)
    const { scheme } = readSettings(mapping, registry)
    const files = paths.map((file) => ({ path: file, name: basename(file) }))
    const described = await Promise.all(files.map(describeFile))
    const { username } = userInfo()
    const actor = { kind: 'command', id: null, name: `entente import (${username})` } as const
    const decided = decisions === undefined ? [] : readDecisions(await readText(decisions))
    await checkDecisions(this.#database, registry, decided, (index) => `${decisions}, line ${index + 2}:`)
    const made = await this.#database.transaction(async (tx) => {
      await saveDecisions(tx, scheme, decided, actor)
      const settings = { scheme, mapping, state: 'uploaded', commitsItself, actor, requestId: null } as const
      const imported = await createImport(tx, settings)
      await changeImport(tx, imported, { files: described })
      return imported
    })
    return this.#run(made.id, files)
  }

  /** Commits a staged import, or continues an interrupted commit. */
  async commit(id: string): Promise<ImportRecord> {
    await this.#outlast(id, () => this.#step(id, commitStep))
    return this.#run(id)
  }

  /** Undoes an import. */
  async undo(id: string): Promise<ImportRecord> {
    await this.#outlast(id, () => this.#step(id, undoStep))
    return this.#run(id)
  }

  /** Takes a step, unless it has been taken already and was interrupted. */
  async #step(id: string, step: Step): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const imported = isImportId(id) ? await lockImport(tx, id) : undefined
      if (!imported) throw noImport(id)
      await takeStep(tx, imported, step)
    })
  }

  async #read(id: string): Promise<ImportRecord> {
    const imported = await readImport(singleReads(this.#database), id)
    if (!imported) throw noImport(id)
    return imported
  }

  /** Works on an import until it is done, also while the database comes back. */
  async #run(id: string, files?: LocalFile[]): Promise<ImportRecord> {
    const bar = new ProgressBar(process.stderr)
    const options: RunOptions = {
      signal: this.#context.signal,
      onProgress: (progress) => bar.draw(progress),
      ...(files && { files }),
    }
    try {
      const context = { database: this.#database, registry }
      while (!(await this.#outlast(id, () => runImport(context, id, options)))) {
        bar.clear()
        this.#context.printNote(
          'The service, or another import of this register, is at work. Waiting for its end.',
        )
        await delay(retryMs, undefined, { signal: options.signal })
      }
    } finally {
      bar.clear()
    }
    return this.#outlast(id, () => this.#read(id))
  }

  /** Does work for an import again while the database is away. @throws StartupError when that takes too long. */
  async #outlast<T>(id: string, work: () => Promise<T>): Promise<T> {
    const { signal } = this.#context
    for (let failedAt: number | undefined; ; ) {
      const attemptedAt = performance.now()
      try {
        return await work()
      } catch (error) {
        if (!isTemporary(error) || signal.aborted) throw error
        const now = performance.now()
        if (failedAt === undefined || now - attemptedAt > longAttemptMs) failedAt = now
        if (now - failedAt > maxOutageMs) throw goOn(id, error)
      }
      await delay(retryMs, undefined, { signal })
    }
  }

  /** Writes the files of refused rows, names to decide and missing records that the options ask for. */
  async writeLists(
    imported: ImportRecord,
    { rejected, names, missing }: { rejected?: string; names?: string; missing?: string },
  ): Promise<void> {
    if (rejected !== undefined)
      await pipeline(Readable.from(writeRejected(this.#database, imported)), createWriteStream(rejected))
    if (names !== undefined)
      await pipeline(Readable.from(writeOpenNames(this.#database, imported.id)), createWriteStream(names))
    if (missing !== undefined)
      await pipeline(
        Readable.from(writeMissing(this.#database, registry, imported)),
        createWriteStream(missing),
      )
  }

  describe(imported: ImportRecord): string {
    return describeImport(imported)
  }
}

const isImportId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

const noImport = (id: string) => new StartupError(`there is no import ${id}`)

const goOn = (id: string, cause: unknown) =>
  new StartupError(
    `the database does not come back (${cause instanceof Error ? cause.message : cause}); go on later with: entente import --commit ${id}`,
  )
