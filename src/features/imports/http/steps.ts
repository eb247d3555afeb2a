import { singleReads, type Transaction } from '../../../database/database.ts'
import type { ApiRequest, ApiResponse, Context, Endpoint } from '../../../operations/operation.ts'
import { replayedHeaders, runOnce } from '../../../operations/writing/idempotency.ts'
import { Problem } from '../../../problems/problem.ts'
import { removeFiles } from '../files.ts'
import { removeStaged } from '../staged.ts'
import { commitStep, lockImport, type Step, takeStep, undoStep } from '../steps.ts'
import { type ImportRecord, readImport } from '../store.ts'
import {
  changeContract,
  changeProblems,
  importCollection,
  importNotFound,
  importSchema,
  importToJson,
  tag,
} from './contract.ts'
import { notifyImports } from './notify.ts'

/** Reads an import under a lock. @throws Problem `not-found`. */
async function lockExisting(tx: Transaction, id: string): Promise<ImportRecord> {
  const imported = await lockImport(tx, id)
  if (!imported) throw importNotFound(id)
  return imported
}

/** Takes a step, and has a process of the service work on the import. It is idempotent. */
const respondToStep = (request: ApiRequest, { database }: Context, step: Step): Promise<ApiResponse> =>
  runOnce(database, request, async (tx) => {
    await takeStep(tx, await lockExisting(tx, request.key), step)
    await notifyImports(tx)
    return { status: 202, headers: {}, body: importToJson(await lockExisting(tx, request.key)) }
  })

/** `POST /v1/imports/{id}/commit` */
export const commitImport: Endpoint = {
  method: 'POST',
  path: '/v1/imports/{id}/commit',
  tag,
  collection: importCollection,
  contract: {
    ...changeContract,
    operationId: 'commitImport',
    summary: 'Commit an import',
    description:
      'Writes the records of a staged import in the background, in short transactions; refused rows are left out. Follow it with `GET /v1/imports/{id}` or its events. A commit that is interrupted goes on when the service is back.',
    responses: {
      202: {
        description: 'The import, which is being committed.',
        schema: () => importSchema,
        headers: replayedHeaders,
      },
    },
    problems: [...changeProblems, 'conflict'],
  },
  handle: (request, context) => respondToStep(request, context, commitStep),
}

/** `POST /v1/imports/{id}/undo` */
export const undoImportEndpoint: Endpoint = {
  method: 'POST',
  path: '/v1/imports/{id}/undo',
  tag,
  collection: importCollection,
  contract: {
    ...changeContract,
    operationId: 'undoImport',
    summary: 'Undo an import',
    description:
      'Takes back in the background what a committed import has written: records that it created are removed, the others get the values that they had before. What others have changed since is kept and reported. Of several imports of a register, the latest is undone first.',
    responses: {
      202: {
        description: 'The import, which is being undone.',
        schema: () => importSchema,
        headers: replayedHeaders,
      },
    },
    problems: [...changeProblems, 'conflict'],
  },
  handle: (request, context) => respondToStep(request, context, undoStep),
}

/** @throws Problem `conflict` for an import that has written records, or that is being worked on. */
async function requireRemovable(tx: Transaction, { id, state }: ImportRecord): Promise<void> {
  const [row] = await tx.query<{ hasWritten: boolean }>({
    text: 'select exists (select from import_records where import = $1) as "hasWritten"',
    values: [id],
  })
  if (row?.hasWritten) {
    const detail = 'The import has written records, and says where they come from. Undo it instead.'
    throw new Problem('conflict', detail)
  }
  if (['staging', 'committing', 'undoing'].includes(state))
    throw new Problem('conflict', `The import is ${state}. Wait until that is done.`)
}

/** `DELETE /v1/imports/{id}` */
export const deleteImport: Endpoint = {
  method: 'DELETE',
  path: '/v1/imports/{id}',
  tag,
  collection: importCollection,
  contract: {
    ...changeContract,
    operationId: 'deleteImport',
    summary: 'Delete an import that has written nothing',
    description:
      'Deletes an import with its files and rows. One that has written records stays, since it says where they come from: undo it instead.',
    responses: { 204: { description: 'The import is deleted.', headers: replayedHeaders } },
    problems: [...changeProblems, 'conflict'],
  },
  async handle(request, { database }) {
    const { key } = request
    // The rows go before, in short transactions: many of them would hold up the feed of changes.
    if (await readImport(singleReads(database), key)) {
      await database.transaction(async (tx) => requireRemovable(tx, await lockExisting(tx, key)))
      await removeFiles(database, key)
      await removeStaged({ query: (one) => database.transaction((tx) => tx.query(one)) }, key)
    }
    return runOnce(database, request, async (tx) => {
      await requireRemovable(tx, await lockExisting(tx, key))
      await tx.query({ text: 'delete from imports where id = $1', values: [key] })
      return { status: 204, headers: {} }
    })
  },
}
