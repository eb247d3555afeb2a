import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Registry } from '../../model/registry.ts'
import { externalIdKey } from '../../model/schemas.ts'
import { type Document, insertDocuments } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { foldName } from './fold.ts'
import { resolveNamesIn } from './index.ts'
import { toRor } from './stored-ids.ts'
import type { NameMatch, NameQuery } from './types.ts'

/** A mentioned organization, with its known properties. */
export interface MentionedOrganization {
  name: string
  /** Alpha-3 code of the country to search in, which a created organization gets. */
  country?: string | undefined
  /** ROR id, with or without `https://ror.org/`. */
  ror?: string | undefined
  externalId?: { scheme: string; id: string } | undefined
}

/** The organization that was found or created, or the candidates if the name is ambiguous. */
export type FoundOrganization =
  | { kind: 'found' | 'created'; key: string }
  | { kind: 'ambiguous'; candidates: NameMatch[] }

/** Returns the queries for an organization, the most reliable first. */
function makeQueries({ name, country, ror, externalId }: MentionedOrganization): NameQuery[] {
  const resource = 'organizations'
  return [
    ...(ror === undefined ? [] : [{ resource, name: ror, scheme: 'ror' }]),
    ...(externalId === undefined ? [] : [{ resource, name: externalId.id, scheme: externalId.scheme }]),
    { resource, name, country },
  ]
}

/** Returns what identifies an organization among the mentions of one call, the most reliable first. */
const listIdentities = ({ name, country, ror, externalId }: MentionedOrganization): string[] => [
  ...(ror === undefined ? [] : [`ror ${toRor(ror)}`]),
  ...(externalId === undefined ? [] : [`id ${externalIdKey(externalId)}`]),
  ...(ror === undefined ? [`name ${country ?? ''} ${foldName(name)}`] : []),
]

/** Returns the document of an organization to create. */
export const organizationDocument = ({
  name,
  country,
  ror,
  externalId,
}: MentionedOrganization): Document => ({
  kind: 'other',
  name,
  country: country ?? null,
  ...(ror !== undefined && { ror: toRor(ror) }),
  ...(externalId && { externalIds: [externalId] }),
})

/**
 * Finds organizations by ROR id, external id, or name within their country, and creates those that do not exist. A lock
 * lets only one transaction do this at a time, so no organization is created twice. A mention that finds none is compared with
 * those that create one in this call: it means the same organization if the ROR id or external id is the same or, without a
 * ROR id, the name and country.
 * @returns the result for each mention, in the given order.
 * @throws Problem `invalid-body` for an organization whose properties are not valid.
 * @throws the database error when PostgreSQL refuses to write an organization.
 */
export async function findOrCreateOrganizations(
  tx: Transaction,
  registry: Registry,
  mentioned: readonly MentionedOrganization[],
  authorship: Authorship,
): Promise<FoundOrganization[]> {
  if (mentioned.length === 0) return []
  await tx.query(compileSql(sql`select pg_advisory_xact_lock(hashtextextended('make organizations', 0))`))
  const queries = mentioned.map(makeQueries)
  const resolutions = await resolveNamesIn(tx, registry, queries.flat())
  let offset = 0
  const found = queries.map((ownQueries): FoundOrganization | undefined => {
    const ownResolutions = resolutions.slice(offset, offset + ownQueries.length)
    offset += ownQueries.length
    const resolved = ownResolutions.find(({ status }) => status === 'resolved')
    if (resolved?.match) return { kind: 'found', key: resolved.match.key }
    const unclear = ownResolutions.find(({ status }) => status === 'ambiguous')
    return unclear && { kind: 'ambiguous', candidates: unclear.candidates }
  })
  const missing: MentionedOrganization[] = []
  const missingIndexes = new Map<string, number>()
  const findMissingIndex = (mention: MentionedOrganization) =>
    listIdentities(mention)
      .map((identity) => missingIndexes.get(identity))
      .find((index) => index !== undefined)
  for (const [index, mention] of mentioned.entries()) {
    if (found[index] || findMissingIndex(mention) !== undefined) continue
    for (const identity of listIdentities(mention)) missingIndexes.set(identity, missing.length)
    missing.push(mention)
  }
  const resource = registry.get('organizations')
  const documents = missing.map((mention) => checkDocument(resource, organizationDocument(mention)))
  const stored = await insertDocuments(tx, resource, documents, { kind: 'create', authorship })
  return mentioned.map(
    (mention, index) =>
      found[index] ?? { kind: 'created', key: stored[findMissingIndex(mention) ?? -1]?.key ?? '' },
  )
}
