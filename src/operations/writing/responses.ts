import { recordPath } from '../../model/paths.ts'
import { type Resource, recordSchema } from '../../model/resource.ts'
import { etagHeader, versionTag } from '../entity-tags.ts'
import type { ApiResponse, ResponseContract } from '../operation.ts'
import { locationHeader } from '../response-schemas.ts'
import type { StoredRecord } from './documents.ts'
import { replayedHeaders } from './idempotency.ts'

/** The responses to writes of one record, and their contracts. */

/** Returns the contract of `changedResponse`. */
export const changedContract = (resource: Resource): ResponseContract => ({
  description: 'The record.',
  schema: () => recordSchema(resource),
  headers: { etag: etagHeader, ...replayedHeaders },
})

/** Returns the response with a record after a change. */
export const changedResponse = ({ version, document }: StoredRecord): ApiResponse => ({
  status: 200,
  headers: { etag: versionTag(version) },
  body: document,
})

/** Returns the contract of `createdResponse`. */
export const createdContract = (resource: Resource): ResponseContract => ({
  description: 'The record that now exists.',
  schema: () => recordSchema(resource),
  headers: { etag: etagHeader, location: locationHeader, ...replayedHeaders },
})

/** Returns the response with a record that was created, or restored after its removal. */
export const createdResponse = (
  resource: Resource,
  { key, version, document }: StoredRecord,
): ApiResponse => ({
  status: 201,
  headers: { etag: versionTag(version), location: recordPath({ resource: resource.name, key }) },
  body: document,
})
