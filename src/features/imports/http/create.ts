import { z } from 'zod'
import { autocommitReads, type Transaction } from '../../../database/database.ts'
import type { Author } from '../../../database/tables/revisions.ts'
import { decodeUtf8 } from '../../../model/characters.ts'
import { booleanText, singleValueParameter } from '../../../model/parameters.ts'
import { getStringValues } from '../../../model/query-string.ts'
import type { Registry } from '../../../model/registry.ts'
import { registerRequestSchema } from '../../../model/schema-names.ts'
import type { ApiRequest, ApiResponse, Context, Endpoint } from '../../../operations/operation.ts'
import { locationHeader } from '../../../operations/response-schemas.ts'
import { getAuthorship } from '../../../operations/writing/authorship.ts'
import { idempotencyProblems, replayedHeaders, runOnce } from '../../../operations/writing/idempotency.ts'
import { Problem } from '../../../problems/problem.ts'
import { resolveMapping } from '../built-in.ts'
import { removeUpload } from '../cleanup.ts'
import { checkAgain, lockOpen } from '../decision-effects.ts'
import { checkDecisions, lockDecisions, saveDecisions } from '../decisions.ts'
import { type DecisionsFile, type FileDecision, readDecisions } from '../decisions-csv.ts'
import { checkFileName, deletedWhileUploading, storeFile } from '../files.ts'
import { checkCompanionNames, type Mapping, maxMappingLength, parseMapping } from '../mapping/index.ts'
import {
  changeImport,
  createImport,
  type ImportFile,
  type ImportJob,
  type ImportState,
  readImport,
  requireImport,
} from '../store.ts'
import { changeContract, importSchema, importToJson, tag } from './contract.ts'
import { notifyImports } from './notify.ts'
import { checkListCount, isUpload, maxLists, type Upload, type UploadPart } from './upload.ts'

/** Maximum size of a mapping or a file of decisions, in bytes. They are held in memory. */
const maxTextBytes = 4 * 1024 * 1024

/** Maximum size of a file as the OpenAPI document states it, in bytes: the largest possible `IMPORT_MB`. */
const maxFileBytes = 65_536 * 1024 * 1024

/** Maximum number of imports before their commit, and maximum number of incomplete uploads, since both need disk space. */
const maxOpen = 100

const body = registerRequestSchema(
  'ImportUpload',
  z
    .strictObject({
      mapping: z.string().max(maxMappingLength).meta({
        format: 'binary',
        description: 'The mapping, as YAML or JSON; or the name of a built-in one: `iati`.',
      }),
      decisions: z.string().max(maxTextBytes).optional().meta({
        format: 'binary',
        description: 'Decisions about names as CSV, as in `GET /v1/imports/{id}/names.csv`.',
      }),
      file: z.string().max(maxFileBytes).meta({ format: 'binary', description: 'The file with the rows.' }),
      list: z
        .array(z.string().max(maxFileBytes).meta({ format: 'binary' }))
        .max(maxLists)
        .optional()
        .meta({ description: 'Code lists and further files that the mapping names, by their file names.' }),
    })
    .meta({
      description:
        'A file, and the mapping of its rows to records. The mapping must come before the file and the lists.',
    }),
)

/** Returns the pointer of faults: to a line of the file of decisions, or to the whole file. */
const locateDecision = (line?: number) => (line === undefined ? '/decisions' : `/decisions/${line}`)

/** Reads a part that is held in memory. @throws Problem `too-large`. */
async function readPart({ field, stream }: UploadPart): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxTextBytes)
      throw new Problem('too-large', `The part ${field} has more than ${maxTextBytes / 2 ** 20} MiB.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Reads the mapping. @throws Problem `too-large`, or `invalid-body` if it is not UTF-8. */
async function readMapping(part: UploadPart): Promise<string> {
  const text = decodeUtf8(await readPart(part))
  if (text === undefined) throw new Problem('invalid-body', 'The part mapping is not UTF-8 text.')
  return text
}

/** Reads the decisions. @throws Problem `too-large`, and as `readDecisions` does. */
const readDecisionsPart = async (part: UploadPart): Promise<DecisionsFile> =>
  readDecisions({ bytes: await readPart(part), name: part.name }, locateDecision)

/** A complete upload: the id of its import, and its parts. */
interface ReceivedUpload extends DecisionsFile {
  id: string
  mapping: string
  files: ImportFile[]
}

/** An import that was created for an upload, and its parsed mapping. */
interface BegunImport {
  id: string
  mapping: Mapping
}

const partOrder =
  'The parts are mapping, decisions (optional), file, and one part named list for each further file; mapping comes before file and list.'

const badUpload = (detail: string) => new Problem('invalid-body', `${detail} ${partOrder}`)

/** Reads the parts of an upload. Files are stored as they arrive, so the mapping must come before them. */
class UploadReader {
  /** The fields of the parts so far. */
  readonly #fields = new Set<string>()
  #mapping: string | undefined
  #begun: BegunImport | undefined
  #decided: DecisionsFile = { decisions: [], fileInfo: null }
  #file: ImportFile | undefined
  readonly #lists: ImportFile[] = []
  readonly #begin: (mapping: string) => Promise<BegunImport>
  readonly #check: (decisions: FileDecision[]) => Promise<void>
  readonly #store: (id: string, file: number, part: UploadPart) => Promise<ImportFile>

  /**
   * @param begin creates the import from the text of its mapping.
   * @param check checks decisions about names. It throws a Problem for invalid ones.
   * @param store stores a file of the import: 0 is the file with the rows, and lists follow from 1.
   */
  constructor(
    begin: (mapping: string) => Promise<BegunImport>,
    check: (decisions: FileDecision[]) => Promise<void>,
    store: (id: string, file: number, part: UploadPart) => Promise<ImportFile>,
  ) {
    this.#begin = begin
    this.#check = check
    this.#store = store
  }

  /** The id of the import; undefined until its first file begins. */
  get id(): string | undefined {
    return this.#begun?.id
  }

  /**
   * Reads all parts.
   * @returns the upload; its first file has the rows.
   * @throws Problem `invalid-body`, `invalid-mapping` or `too-large`; what `readDecisions`, the upload, and the functions of the
   *   constructor throw.
   */
  async read(upload: Upload): Promise<ReceivedUpload> {
    for await (const part of upload) await this.#readPart(part)
    const mapping = this.#mapping
    if (!this.#begun || mapping === undefined || !this.#file) {
      throw badUpload(`The part ${mapping === undefined ? 'mapping' : 'file'} is missing.`)
    }
    const files = [this.#file, ...this.#lists]
    return { ...this.#decided, id: this.#begun.id, mapping, files }
  }

  async #readPart(part: UploadPart): Promise<void> {
    const { field } = part
    if (field !== 'list' && this.#fields.has(field)) {
      const hint = field === 'file' ? '; send code lists and joined files as parts named list' : ''
      throw badUpload(`There are two parts named ${field}${hint}.`)
    }
    this.#fields.add(field)
    switch (field) {
      case 'mapping':
        this.#mapping = await readMapping(part)
        return
      case 'decisions':
        this.#decided = await readDecisionsPart(part)
        await this.#check(this.#decided.decisions)
        return
      case 'file':
        checkFileName(part.name, '/file')
        this.#file = await this.#store((await this.#beginOnce()).id, 0, part)
        return
      case 'list': {
        checkListCount(this.#lists.length + 1)
        checkFileName(part.name, '/list')
        const { id, mapping } = await this.#beginOnce()
        checkCompanionNames(mapping, [...this.#lists.map(({ name }) => name), part.name])
        this.#lists.push(await this.#store(id, this.#lists.length + 1, part))
        return
      }
      default:
        throw badUpload(`There is no part "${field}".`)
    }
  }

  /** Creates the import before its first file is stored. */
  async #beginOnce(): Promise<BegunImport> {
    if (this.#mapping === undefined) throw badUpload('The part mapping must come before file and list.')
    this.#begun ??= await this.#begin(this.#mapping)
    return this.#begun
  }
}

/** Checks that fewer than `maxOpen` imports are in the given states. @throws Problem `conflict` with the detail. */
async function requireFew(tx: Transaction, states: readonly ImportState[], detail: string): Promise<void> {
  const [row] = await tx.query<{ count: number }>({
    text: 'select count(*)::int as count from imports where state = any($1)',
    values: [states],
  })
  if ((row?.count ?? 0) >= maxOpen) throw new Problem('conflict', detail)
}

/**
 * Sets a completely uploaded import to `staging`, and stores the decisions of the upload. Restarts the checks of the other imports
 * that these decisions concern, and notifies the processes that work on imports.
 */
async function beginStaging(
  tx: Transaction,
  { id, decisions, files, fileInfo }: ReceivedUpload,
  actor: Author,
): Promise<ImportJob> {
  const uploaded = await readImport(tx, id)
  if (!uploaded) throw deletedWhileUploading()
  const { scheme } = uploaded
  await (decisions.length > 0 ? lockOpen(tx, scheme) : lockDecisions(tx, scheme))
  const expected = { id, state: 'uploaded' as const, pass: 0, doneThrough: 0 }
  if (!(await changeImport(tx, expected, { state: 'staging', files, fileInfo })))
    throw deletedWhileUploading()
  await checkAgain(tx, scheme, decisions, await saveDecisions(tx, scheme, decisions, actor))
  await notifyImports(tx)
  return requireImport(tx, id)
}

/**
 * Receives an upload and begins its import. Under an `Idempotency-Key`, a repeated upload is received and then removed,
 * since only a complete file can be compared with the file of the first request.
 */
async function createFromUpload(
  request: ApiRequest,
  context: Context,
  registry: Registry,
): Promise<ApiResponse> {
  if (!isUpload(request.body)) throw new Problem('invalid-body', 'The body must be multipart/form-data.')
  const { database } = context
  const { actor, requestId } = getAuthorship(request)
  const autoCommit = getStringValues(request.query, 'commit')[0] === 'true'
  const reader = new UploadReader(
    async (given) => {
      const text = await resolveMapping(given)
      const mapping = parseMapping(text, registry)
      const settings = {
        scheme: mapping.scheme,
        mapping: text,
        state: 'uploaded',
        autoCommit,
        actor,
        requestId,
      } as const
      const tooManyUploads = `${maxOpen} uploads are incomplete. Wait until some of them have arrived.`
      await requireFew(autocommitReads(database), ['uploaded'], tooManyUploads)
      const { id } = await database.transaction((tx) => createImport(tx, settings))
      return { id, mapping }
    },
    (decisions) => checkDecisions(database, registry, decisions, ({ line }) => locateDecision(line)),
    (id, file, { name, stream }) =>
      storeFile(database, id, file, { name, stream, maxBytes: context.importMaxBytes }),
  )
  // An upload that is refused or repeated is not needed.
  let isNeeded = false
  try {
    const received = await reader.read(request.body)
    const { id, fileInfo: _, ...body } = received
    const response = await runOnce(database, { ...request, body }, async (tx) => {
      const tooManyStaged = `${maxOpen} imports are staging or staged. Commit or delete some of them.`
      await requireFew(tx, ['staging', 'staged'], tooManyStaged)
      const job = await beginStaging(tx, received, actor)
      return { status: 201, headers: { location: `/v1/imports/${id}` }, body: importToJson(job) }
    })
    isNeeded = response.headers['idempotency-replayed'] === undefined
    return response
  } catch (error) {
    // The import may have begun. If it has not, it is removed later, like any abandoned upload.
    isNeeded = error instanceof Problem && error.type === 'outcome-unknown'
    throw error
  } finally {
    if (!isNeeded && reader.id !== undefined) await removeUpload(database, reader.id)
  }
}

/** `POST /v1/imports` */
export const createImportEndpoint = (registry: Registry): Endpoint => ({
  method: 'POST',
  path: '/v1/imports',
  tag,
  contract: {
    ...changeContract,
    operationId: 'createImport',
    summary: 'Import a file',
    description:
      'Takes a file and a mapping, and makes a dry run in the background: it reads all rows, resolves names and checks every record, without writing one. Watch it with `GET /v1/imports/{id}`, and then commit it.',
    cost: 10,
    query: {
      commit: singleValueParameter(
        booleanText,
        'Whether the import is committed without a dry run. Default: false.',
        z.boolean(),
      ),
    },
    body: {
      mediaTypes: ['multipart/form-data'],
      schema: () => body,
      example: { mapping: 'scheme: …', file: 'Id,Title…' },
    },
    responses: {
      201: {
        description: 'The import, which is being read.',
        schema: () => importSchema,
        headers: { location: locationHeader, ...replayedHeaders },
      },
    },
    problems: ['conflict', ...idempotencyProblems, 'invalid-body', 'invalid-mapping'],
  },
  handle: (request, context) => createFromUpload(request, context, registry),
})
