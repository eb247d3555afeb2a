import { externalIdKey } from '../../model/schemas.ts'
import type { Draft } from './types.ts'

/** Returns the identity of the record of a draft within a file: the resource and the external id. */
export const draftIdentity = ({ resource, externalId }: Pick<Draft, 'resource' | 'externalId'>): string =>
  `${resource} ${externalIdKey(externalId)}`
