import { sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import { records } from '../database/tables/records.ts'
import { formatRecordKey, type RecordKey } from '../model/keys.ts'
import { recordPath } from '../model/paths.ts'
import type { Registry } from '../model/registry.ts'
import type { Resource } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { getRecordAsOf } from '../query/past.ts'
import { placeholder, statement } from '../query/statement.ts'
import { aNoun } from '../wording.ts'
import type { ApiRequest, ApiResponse, Contract, Endpoint, ResponseContract } from './operation.ts'
import { readRegistryAt } from './past.ts'

/**
 * Finds the records into which records were merged, with one statement. One look-up is enough: when a remaining record is merged
 * itself, `merged_into` of the records that were merged into it changes, too (`deleteMerged`).
 * @returns a function that returns the key of the record into which a record was merged; undefined for any other record.
 */
export async function findAllMergedInto(
  tx: Transaction,
  registry: Registry,
  given: readonly RecordKey[],
): Promise<(record: RecordKey) => string | undefined> {
  const distinct = [...new Map(given.map((one) => [formatRecordKey(one), one])).values()]
  if (distinct.length === 0) return () => undefined
  const build = () => sql`select ${records.resource} as resource, ${records.key} as key, target.key as "into"
    from ${records} join ${records} as target on target.id = ${records.mergedInto}
    where ${records.id} = any(${placeholder('ids')}::uuid[])`
  const ids = distinct.map((record) => registry.recordId(record))
  const rows = await tx.query<RecordKey & { into: string }>(statement('merged into', build, { ids }))
  const merged = new Map(rows.map((row) => [formatRecordKey(row), row.into]))
  return (record) => merged.get(formatRecordKey(record))
}

/** Returns the key of the record that a merged record was merged into; undefined for any other record. */
export async function findMergedInto(
  tx: Transaction,
  { name, registry }: Resource,
  key: string,
): Promise<string | undefined> {
  const record = { resource: name, key }
  const mergedInto = await findAllMergedInto(tx, registry, [record])
  return mergedInto(record)
}

/** Returns the problem `merged` for a request that would change a merged record. @param into key of the remaining record. */
export function mergedProblem(resource: Resource, key: string, into: string, cause?: unknown): Problem {
  const detail = `The ${resource.noun} ${key} was merged into ${aNoun(resource.noun)} with the key ${into}: use ${recordPath({ resource: resource.name, key: into })}.`
  return new Problem('merged', detail, { cause })
}

/** The response to a read of the key of a merged record. */
const mergedResponse: ResponseContract = {
  description: 'The record was merged into another one, which `Location` names.',
  headers: {
    location: {
      description: 'Path of the same request to the other record.',
      example: '/v1/agreements/…',
    },
  },
}

/** Adds the response for the key of a merged record to a contract. */
const withMergedResponse = (method: Endpoint['method'], contract: Contract): Contract =>
  method === 'GET'
    ? { ...contract, responses: { ...contract.responses, 308: mergedResponse } }
    : { ...contract, problems: [...(contract.problems ?? []), 'merged'] }

/** Returns a redirect to the same request for another key. */
function redirect(resource: Resource, { url }: ApiRequest, into: string): ApiResponse {
  // The segments may be percent-encoded, so their lengths are not known.
  const afterKey = url.replace(/^(?:\/[^/?]*){3}/, '')
  return { status: 308, headers: { location: recordPath({ resource: resource.name, key: into }) + afterKey } }
}

/**
 * Returns an endpoint that also handles the keys of merged records. A read of a merged record is redirected to the record that
 * remains or, with `asOf`, that remained at that time. A change is refused with the problem `merged`.
 * @param endpoint has the key of a record in its path.
 */
export function withMergedRecords(resource: Resource, endpoint: Endpoint): Endpoint {
  const { method, contract } = endpoint
  return {
    ...endpoint,
    contract: withMergedResponse(method, contract),
    async handle(request, context) {
      try {
        return await endpoint.handle(request, context)
      } catch (error) {
        if (!(error instanceof Problem) || error.type !== 'not-found') throw error
        const into = await readRegistryAt(getRecordAsOf(request.query), context, (tx) =>
          findMergedInto(tx, resource, request.key),
        )
        if (into === undefined) throw error
        if (method === 'GET') return redirect(resource, request, into)
        throw mergedProblem(resource, request.key, into, error)
      }
    },
  }
}
