import type { Transaction } from '../../../database/database.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { getAuthorship } from '../../../operations/writing/authorship.ts'
import { replayedHeaders, runOnce } from '../../../operations/writing/idempotency.ts'
import { Problem } from '../../../problems/problem.ts'
import { beginRemoval, removeData } from '../cleanup.ts'
import { commitStep, lockExisting, type Step, takeStep, undoStep } from '../steps.ts'
import { type ImportJob, importNotFound, requireImport } from '../store.ts'
import {
  changeContract,
  changeProblems,
  importCollection,
  importSchema,
  importToJson,
  tag,
} from './contract.ts'
import { notifyImports } from './notify.ts'

/**
 * Returns the endpoint `POST /v1/imports/{id}/{name}`, which takes a step, unless it has been taken already, and notifies the
 * processes that work on imports.
 * @param participle says what is done to the import after the step, for the description of the response.
 */
const stepEndpoint = (
  name: string,
  step: Step,
  {
    participle,
    ...contract
  }: { operationId: string; summary: string; description: string; participle: string },
): Endpoint => ({
  method: 'POST',
  path: `/v1/imports/{id}/${name}`,
  tag,
  collection: importCollection,
  contract: {
    ...changeContract,
    ...contract,
    responses: {
      202: {
        description: `The import, which is being ${participle}.`,
        schema: () => importSchema,
        headers: replayedHeaders,
      },
    },
    problems: [...changeProblems, 'conflict'],
  },
  handle: (request, { database }) =>
    runOnce(database, request, async (tx) => {
      if (!(await takeStep(tx, request.key, step, getAuthorship(request)))) throw importNotFound(request.key)
      await notifyImports(tx)
      return { status: 202, headers: {}, body: importToJson(await requireImport(tx, request.key)) }
    }),
})

/** `POST /v1/imports/{id}/commit` */
export const commitImport = stepEndpoint('commit', commitStep, {
  operationId: 'commitImport',
  summary: 'Commit an import',
  description:
    'Writes the records of a staged import in the background, in short transactions; refused rows are left out. Watch it with `GET /v1/imports/{id}` or its events. An interrupted commit continues when the service is back. Refused if another import has written the same records since the dry run.',
  participle: 'committed',
})

/** `POST /v1/imports/{id}/undo` */
export const undoImportEndpoint = stepEndpoint('undo', undoStep, {
  operationId: 'undoImport',
  summary: 'Undo an import',
  description:
    'Reverts a committed import, or what a failed one has written, in the background: records that it created are removed, the others get their earlier values. Later changes by others are kept and reported. Undo the latest import of a register first.',
  participle: 'undone',
})

/** Checks that an import can be deleted. @throws Problem `conflict` if it has written records, or is writing or removing some. */
async function requireRemovable(tx: Transaction, { id, state }: ImportJob): Promise<void> {
  const [row] = await tx.query<{ hasWritten: boolean }>({
    text: 'select exists (select from import_records where import = $1) as "hasWritten"',
    values: [id],
  })
  if (row?.hasWritten) {
    const advice = ['undoing', 'undone'].includes(state)
      ? 'It stays after it has been undone.'
      : 'Undo it instead.'
    throw new Problem('conflict', `The import has written records, whose origin it documents. ${advice}`)
  }
  if (['committing', 'undoing'].includes(state))
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
      'Deletes an import with its files and rows, and stops its dry run. One that has written records stays: undo it instead.',
    responses: { 204: { description: 'The import is deleted.', headers: replayedHeaders } },
    problems: [...changeProblems, 'conflict'],
  },
  async handle(request, { database }) {
    const { key } = request
    const response = await runOnce(database, request, async (tx) => {
      await requireRemovable(tx, await lockExisting(tx, key))
      await beginRemoval(tx, key)
      return { status: 204, headers: {} }
    })
    // A repeated request completes a removal that was interrupted.
    await removeData(database, key)
    await database.transaction((tx) => tx.query({ text: 'delete from imports where id = $1', values: [key] }))
    return response
  },
}
