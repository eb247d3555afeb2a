import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { autocommitReads, type Database } from '../database/database.ts'
import { builtInMappings, resolveMapping } from '../features/imports/built-in.ts'
import { checkDecisions, lockDecisions, saveDecisions } from '../features/imports/decisions.ts'
import { type DecisionsFile, readDecisions } from '../features/imports/decisions-csv.ts'
import { checkFileName } from '../features/imports/files.ts'
import { streamMissing } from '../features/imports/http/missing.ts'
import { streamUnresolvedNames } from '../features/imports/http/names.ts'
import { streamRefusedRows } from '../features/imports/http/rejected.ts'
import { checkCompanionNames, type Mapping, parseMapping } from '../features/imports/mapping/index.ts'
import type { LocalFile } from '../features/imports/reading/file.ts'
import { isTemporary, type RunOptions, runImport } from '../features/imports/run.ts'
import { commitStep, type Step, takeStep, undoStep } from '../features/imports/steps.ts'
import {
  changeImport,
  createImport,
  type ImportFile,
  type ImportJob,
  readImport,
} from '../features/imports/store.ts'
import { decodeUtf8 } from '../model/characters.ts'
import { uuidPattern } from '../model/keys.ts'
import { failure, OperationalError } from '../operational-error.ts'
import { Problem } from '../problems/problem.ts'
import { registry } from '../resources/registry.ts'
import type { CommandContext } from './context.ts'
import { ProgressBar } from './progress.ts'

/** The input of a new import on the command line. */
export interface LocalImport {
  /** Path of the mapping, or the name of a built-in mapping. */
  mapping: string
  /** Paths of the files. The first has the rows. */
  files: string[]
  /** Path of the CSV file with decisions about names. */
  decisions: string | undefined
  /** Whether to commit without a dry run. */
  autoCommit: boolean
}

/** How long the database may be unreachable before the command fails, and the pause between attempts. */
const maxOutageMs = 120_000
const retryMs = 1000

/** An attempt that takes longer than this has reached the database, so its failure starts a new outage. */
const longAttemptMs = 30_000

const refuseToRead = (path: string, error: unknown): never => {
  throw failure(`${path} cannot be read`, error)
}

/**
 * Returns the name, size and SHA-256 of a file.
 * @throws OperationalError if it cannot be read, or is not a regular file: a pipe, for example, could be read only once.
 */
async function describeFile({ path, name }: LocalFile): Promise<ImportFile> {
  const stats = await stat(path).catch((error) => refuseToRead(path, error))
  if (!stats.isFile())
    throw new OperationalError(
      `${path} is not a file, and an import reads its input twice: save it in a file first`,
    )
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk)
  } catch (error) {
    refuseToRead(path, error)
  }
  return { name, bytes: stats.size, sha256: hash.digest('hex') }
}

const readBytes = (path: string): Promise<Buffer> =>
  readFile(path).catch((error) => refuseToRead(path, error))

/** Writes a file of a report, page by page. @throws OperationalError when it cannot be written. */
async function writeReportFile(path: string, pages: AsyncIterable<string>): Promise<void> {
  const refuse = (error: unknown): never => {
    throw failure(`${path} cannot be written`, error)
  }
  const file = await open(path, 'w').catch(refuse)
  try {
    for await (const page of pages) await file.writeFile(page).catch(refuse)
  } finally {
    await file.close()
  }
}

/**
 * Reads a mapping from a file, or a built-in mapping by its name.
 * @throws OperationalError if the file cannot be read, or is not UTF-8.
 */
async function readMapping(pathOrName: string): Promise<string> {
  if (builtInMappings.includes(pathOrName)) return resolveMapping(pathOrName)
  const text = decodeUtf8(await readBytes(pathOrName))
  if (text === undefined) throw new OperationalError(`${pathOrName} is not UTF-8 text: save it as UTF-8`)
  return text
}

/** Parses a mapping. @throws Problem `invalid-mapping` that names its path, since the mapping is one of several files. */
function parseNamedMapping(path: string, text: string): Mapping {
  try {
    return parseMapping(text, registry)
  } catch (error) {
    throw error instanceof Problem ? error.withPrefix(`${path}: `) : error
  }
}

/**
 * Reads the decisions in a file. Without a path, there are none.
 * @throws OperationalError if the file cannot be read; as `readDecisions` does.
 */
async function readDecisionsFile(
  path: string | undefined,
  locate: (line?: number) => string,
): Promise<DecisionsFile> {
  if (path === undefined) return { decisions: [], fileInfo: null }
  return readDecisions({ bytes: await readBytes(path), name: basename(path) }, locate)
}

/** Returns the advice for an outage during a commit or an undo: the command that continues it. */
const continueHint = (option: '--commit' | '--undo', id: string) =>
  `continue later with: entente import ${option} ${id}`

/** Returns the name of the user who runs the command, or the user id if the system has no name for it, as in containers. */
function findUserName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.()}`
  }
}

/** Returns the actor of the changes that this command makes. */
const commandActor = () =>
  ({ kind: 'command', id: null, name: `entente import (${findUserName()})` }) as const

/** Imports local files in this process. The service may run at the same time. */
export class LocalImports {
  readonly #database: Database
  readonly #context: Pick<CommandContext, 'signal' | 'printNote'>

  constructor(database: Database, context: Pick<CommandContext, 'signal' | 'printNote'>) {
    this.#database = database
    this.#context = context
  }

  /**
   * Starts an import, and runs its dry run or, with `autoCommit`, commits it without a dry run.
   * @throws OperationalError if a file cannot be read, or the database stays unavailable; Problem if the mapping, the name of a
   * file or the decisions are invalid.
   */
  async start({ mapping: path, files: paths, decisions, autoCommit }: LocalImport): Promise<ImportJob> {
    const mappingText = await readMapping(path)
    const mapping = parseNamedMapping(path, mappingText)
    const { scheme } = mapping
    const files = paths.map((file) => ({ path: file, name: basename(file) }))
    for (const { path: file, name } of files) checkFileName(name, `${file}:`)
    const [, ...companionNames] = files.map(({ name }) => name)
    checkCompanionNames(mapping, companionNames)
    const importFiles = await Promise.all(files.map(describeFile))
    const actor = commandActor()
    const locate = (line?: number) => (line === undefined ? `${decisions}:` : `${decisions}, line ${line}:`)
    const decided = await readDecisionsFile(decisions, locate)
    await checkDecisions(this.#database, registry, decided.decisions, ({ line }) => locate(line))
    await this.#noteMissingCountries()
    const created = await this.#database.transaction(async (tx) => {
      // The lock is needed even without decisions: `checkAgain` would miss an import that begins while others store decisions.
      await lockDecisions(tx, scheme)
      await saveDecisions(tx, scheme, decided.decisions, actor)
      const settings = {
        scheme,
        mapping: mappingText,
        state: 'uploaded',
        autoCommit,
        actor,
        requestId: null,
      } as const
      const job = await createImport(tx, settings)
      await changeImport(tx, job, { files: importFiles, fileInfo: decided.fileInfo })
      return job
    })
    // `--commit` continues an interrupted commit. After an outage during the dry run, the hint does not name `--commit`: it would
    // write records although nobody has seen the report.
    const hint = autoCommit
      ? `${continueHint('--commit', created.id)}; if its commit had not begun, start the import again`
      : 'no record has been written: start the import again later'
    return this.#run(hint, created.id, files)
  }

  /** Prints a note if the registry has no countries: `--create` makes a registry without the reference data. */
  async #noteMissingCountries(): Promise<void> {
    const [country] = await this.#database.read({ text: 'select from countries limit 1', values: [] })
    if (!country)
      this.#context.printNote(
        'The registry has no countries, so their names will not be resolved. To add countries, regions and topics: entente seed reference',
      )
  }

  /**
   * Commits a staged import, or continues an interrupted commit.
   * @throws OperationalError if there is no such import, or the database stays unavailable; Problem `conflict` as `takeStep` does.
   */
  async commit(id: string): Promise<ImportJob> {
    const hint = continueHint('--commit', id)
    await this.#retryDuringOutage(hint, () => this.#takeStep(id, commitStep))
    return this.#run(hint, id)
  }

  /** Undoes an import, or continues an interrupted undo. @throws as `commit` does. */
  async undo(id: string): Promise<ImportJob> {
    const hint = continueHint('--undo', id)
    await this.#retryDuringOutage(hint, () => this.#takeStep(id, undoStep))
    return this.#run(hint, id)
  }

  /** Starts or continues a step of an import. */
  async #takeStep(id: string, step: Step): Promise<void> {
    const starter = { actor: commandActor(), requestId: null }
    const exists =
      uuidPattern.test(id) && (await this.#database.transaction((tx) => takeStep(tx, id, step, starter)))
    if (!exists) throw unknownImport(id)
  }

  async #read(id: string): Promise<ImportJob> {
    const job = await readImport(autocommitReads(this.#database), id)
    if (!job) throw unknownImport(id)
    return job
  }

  /** Runs an import until it is done or waits for a person. Repeats attempts while the database is unavailable. */
  async #run(hint: string, id: string, files?: LocalFile[]): Promise<ImportJob> {
    const bar = new ProgressBar(process.stderr)
    const options: RunOptions = {
      signal: this.#context.signal,
      onProgress: (progress) => bar.draw(progress),
      ...(files && { files }),
    }
    try {
      const context = { database: this.#database, registry }
      let isWaiting = false
      while (!(await this.#retryDuringOutage(hint, () => runImport(context, id, options)))) {
        bar.clear()
        if (!isWaiting)
          this.#context.printNote(
            'Another process is importing from the same register. Waiting until it has finished.',
          )
        isWaiting = true
        await delay(retryMs, undefined, { signal: options.signal })
      }
    } finally {
      bar.clear()
    }
    return this.#retryDuringOutage(hint, () => this.#read(id))
  }

  /** Repeats `work` while the database is unavailable. @throws OperationalError with the hint after `maxOutageMs`. */
  async #retryDuringOutage<T>(hint: string, work: () => Promise<T>): Promise<T> {
    const { signal } = this.#context
    for (let failedAt: number | undefined; ; ) {
      const attemptedAt = performance.now()
      try {
        return await work()
      } catch (error) {
        if (!isTemporary(error) || signal.aborted) throw error
        const now = performance.now()
        if (failedAt === undefined || now - attemptedAt > longAttemptMs) failedAt = now
        if (now - failedAt > maxOutageMs) throw outageError(hint, error)
      }
      await delay(retryMs, undefined, { signal })
    }
  }

  /** Writes the CSV files that the options name: of refused rows, unresolved names and missing records. */
  async writeReportFiles(
    job: ImportJob,
    { rejected, names, missing }: { rejected?: string; names?: string; missing?: string },
  ): Promise<void> {
    if (rejected !== undefined) await writeReportFile(rejected, streamRefusedRows(this.#database, job))
    if (names !== undefined) await writeReportFile(names, streamUnresolvedNames(this.#database, job.id))
    if (missing !== undefined) await writeReportFile(missing, streamMissing(this.#database, registry, job))
  }
}

const unknownImport = (id: string) =>
  new OperationalError(`there is no import ${id}; the first line of the report of an import has its id`)

const outageError = (hint: string, cause: unknown) =>
  new OperationalError(
    `the database is still unavailable (${cause instanceof Error ? cause.message : cause}); ${hint}`,
  )
