import { z } from 'zod'
import type { DatabaseClient } from '../../../database/database.ts'
import { getWords, single } from '../../../model/parameters.ts'
import type { Registry } from '../../../model/registry.ts'
import { nameInput } from '../../../model/schema-names.ts'
import type { ApiRequest, Context, Endpoint } from '../../../operations/operation.ts'
import { locationHeader } from '../../../operations/response-schemas.ts'
import { getAuthorship } from '../../../operations/writing/revisions.ts'
import { Problem } from '../../../problems/problem.ts'
import { checkDecisions } from '../decisions.ts'
import { readDecisions } from '../decisions-csv.ts'
import { removeFiles, storeFile } from '../files.ts'
import { type Decision, saveDecisions } from '../names.ts'
import { readSettings } from '../settings.ts'
import { changeImport, createImport, type ImportFile, type ImportRecord, readImport } from '../store.ts'
import { common, importSchema, shownImport, tag } from './contract.ts'
import { isUpload, type Upload, type UploadPart } from './upload.ts'
import { wake } from './wake.ts'

/** Largest mapping, code list or file of decisions, in bytes: they are held in memory. */
const maxTextBytes = 4 * 1024 * 1024

/** Largest file, in bytes, however large `IMPORT_MB` is. */
const maxFileBytes = 65_536 * 1024 * 1024

/** Imports that wait for somebody, at most: their rows take up space. */
const maxOpen = 100

const body = nameInput(
  'ImportUpload',
  z
    .strictObject({
      mapping: z
        .string()
        .max(maxTextBytes)
        .meta({ format: 'binary', description: 'The mapping, as YAML or JSON.' }),
      file: z.string().max(maxFileBytes).meta({ format: 'binary', description: 'The file with the rows.' }),
      list: z.string().max(maxFileBytes).optional().meta({
        format: 'binary',
        description: 'A code list or second file that the mapping names, by its file name. May be repeated.',
      }),
      decisions: z.string().max(maxTextBytes).optional().meta({
        format: 'binary',
        description: 'Decisions about names as CSV, as of `GET /v1/imports/{id}/names.csv`.',
      }),
    })
    .meta({ description: 'A file, with the mapping that says what its rows are.' }),
)

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a part that is text. @throws Problem `too-large` or `invalid-body`. */
async function readText({ name, stream }: UploadPart): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxTextBytes) throw new Problem('too-large', `The part ${name} has more than 4 MiB.`)
    chunks.push(chunk)
  }
  try {
    return utf8.decode(Buffer.concat(chunks))
  } catch {
    throw new Problem('invalid-body', `The part ${name} is not UTF-8 text.`)
  }
}

/** What must be known before files are stored. */
interface Texts {
  mapping: string
  decisions: Decision[]
}

const order = 'The parts are, in this order: mapping, perhaps decisions, file, and perhaps lists.'

const badUpload = (detail: string) => new Problem('invalid-body', `${detail} ${order}`)

/** Reads the parts of an upload. Files are stored as they arrive, so what is said about them must come first. */
class UploadReader {
  #mapping: string | undefined
  #decisions: Decision[] = []
  #file: ImportFile | undefined
  readonly #lists: ImportFile[] = []
  readonly #begin: (texts: Texts) => Promise<string>
  readonly #store: (id: string, file: number, part: UploadPart) => Promise<ImportFile>
  #id: string | undefined

  constructor(
    begin: (texts: Texts) => Promise<string>,
    store: (id: string, file: number, part: UploadPart) => Promise<ImportFile>,
  ) {
    this.#begin = begin
    this.#store = store
  }

  /** The id of the import, once its first file has begun. */
  get id(): string | undefined {
    return this.#id
  }

  /** @returns the id of the import and its files, of which the first has the rows. @throws Problem `invalid-body`. */
  async read(upload: Upload): Promise<{ id: string; files: ImportFile[] }> {
    for await (const part of upload) await this.#readPart(part)
    if (this.#id === undefined || !this.#file) {
      throw badUpload(`The part ${this.#mapping === undefined ? 'mapping' : 'file'} is missing.`)
    }
    return { id: this.#id, files: [this.#file, ...this.#lists] }
  }

  async #readPart(part: UploadPart): Promise<void> {
    switch (part.field) {
      case 'mapping':
        this.#mapping = await readText(part)
        return
      case 'decisions':
        if (this.#id !== undefined) throw badUpload('The part decisions comes too late.')
        this.#decisions = readDecisions(await readText(part))
        return
      case 'file':
        if (this.#file)
          throw badUpload('There are two parts file; code lists and second files are parts list.')
        this.#file = await this.#store(await this.#started(), 0, part)
        return
      case 'list':
        this.#lists.push(await this.#store(await this.#started(), this.#lists.length + 1, part))
        return
      default:
        throw badUpload(`There is no part "${part.field}".`)
    }
  }

  async #started(): Promise<string> {
    if (this.#mapping === undefined) throw badUpload('The part mapping is missing.')
    this.#id ??= await this.#begin({ mapping: this.#mapping, decisions: this.#decisions })
    return this.#id
  }
}

/** Refuses further imports while many wait. @throws Problem `conflict`. */
async function requireFew({ database }: Context): Promise<void> {
  const [row] = await database.read<{ count: number }>({
    text: "select count(*)::int as count from imports where state in ('uploaded', 'staging', 'staged')",
  })
  if ((row?.count ?? 0) < maxOpen) return
  throw new Problem('conflict', `${maxOpen} imports are not committed. Commit or delete some of them.`)
}

async function dropUpload(database: DatabaseClient, id: string): Promise<void> {
  await removeFiles(database, id)
  await database.transaction((tx) => tx.query({ text: 'delete from imports where id = $1', values: [id] }))
}

async function createFromUpload(
  request: ApiRequest,
  context: Context,
  registry: Registry,
): Promise<ImportRecord> {
  if (!isUpload(request.body)) throw new Problem('invalid-body', 'The body must be multipart/form-data.')
  const { database } = context
  const { actor, requestId } = getAuthorship(request)
  await requireFew(context)
  const commitsItself = getWords(request.query, 'commit')[0] === 'true'
  const reader = new UploadReader(
    async ({ mapping, decisions }) => {
      const { scheme } = readSettings(mapping, registry)
      await checkDecisions(database, registry, decisions, (at) => `/decisions/${at + 2}`)
      const made = await database.transaction(async (tx) => {
        await saveDecisions(tx, scheme, decisions, actor)
        return createImport(tx, {
          scheme,
          mapping,
          state: 'uploaded',
          commitsItself,
          actor,
          requestId,
        })
      })
      return made.id
    },
    (id, file, { name, stream }) =>
      storeFile(database, id, file, { name, stream, maxBytes: context.importMaxBytes }),
  )
  try {
    const { id, files } = await reader.read(request.body)
    return await database.transaction(async (tx) => {
      const uploaded = { id, state: 'uploaded' as const, pass: 0, doneThrough: 0 }
      await changeImport(tx, uploaded, { state: 'staging', files })
      await wake(tx)
      const imported = await readImport(tx, id)
      if (!imported) throw new Error('an import was not there after it had been written')
      return imported
    })
  } catch (error) {
    // What has arrived by then is of no use.
    const { id } = reader
    if (id !== undefined) await dropUpload(database, id)
    throw error
  }
}

/** `POST /v1/imports` */
export const createImportEndpoint = (registry: Registry): Endpoint => ({
  method: 'POST',
  path: '/v1/imports',
  tag,
  contract: {
    ...common,
    operationId: 'createImport',
    summary: 'Import a file',
    description:
      'Takes a file and a mapping, and makes a dry run in the background: it reads all rows, resolves names and checks every record, without writing one. Follow it with `GET /v1/imports/{id}`, and commit it then. The parts of the body must come in this order: mapping, decisions, file, lists.',
    cost: 10,
    query: {
      commit: single(
        z.enum(['true', 'false']),
        'Whether the commit follows by itself, without a dry run; false when left out.',
        z.boolean(),
      ),
    },
    body: {
      mediaTypes: ['multipart/form-data'],
      schema: () => body,
      example: { mapping: 'scheme: …', file: 'Id,Title…' },
    },
    answers: {
      201: {
        description: 'The import, which is being read.',
        schema: () => importSchema,
        headers: { location: locationHeader },
      },
    },
    problems: [
      'malformed-request',
      'invalid-parameter',
      'not-acceptable',
      'conflict',
      'too-large',
      'unsupported-media-type',
      'invalid-body',
      'invalid-mapping',
    ],
  },
  async handle(request, context) {
    const imported = await createFromUpload(request, context, registry)
    return {
      status: 201,
      headers: { location: `/v1/imports/${imported.id}` },
      body: shownImport(imported),
    }
  },
})
