import type { Database, Transaction } from '../../database/database.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { writeEach } from '../../operations/bulk/write.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { resolveNames } from '../names/index.ts'
import { ownEntry, writeEntries } from './entries.ts'
import { mentionName } from './mentions.ts'
import { findCountries, toQuery } from './names.ts'
import { faultsOf } from './plan.ts'
import type { ImportRecord } from './store.ts'
import type { Mention } from './types.ts'

/** Makes the records of names that the mapping says to make when nothing matches: organizations and topics. */

const batchSize = 200

interface MadeName {
  identity: string
  mention: Mention
}

const slugOf = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100)

/** The document of a record that is known by its name alone. */
function documentOf({ name: resource }: Resource, mention: Mention, country: string | null): Document {
  const name = mentionName(mention)
  if (resource === 'organizations') return { name, type: 'other', country }
  return { slug: slugOf(name), name, scheme: mention.scheme }
}

const folded = ({ resource, country, ...mention }: Mention) =>
  JSON.stringify([
    resource,
    mentionName({ resource, ...mention })
      .normalize('NFKC')
      .toLowerCase(),
    country,
  ])

async function setKeys(tx: Transaction, id: string, keys: ReadonlyMap<string, string | null>): Promise<void> {
  await tx.query({
    text: `update import_names set key = given.key, status = case when given.key is null then 'unresolved' else status end
      from unnest($2::text[], $3::text[]) as given(identity, key)
      where import = $1 and import_names.identity = given.identity`,
    values: [id, [...keys.keys()], [...keys.values()]],
  })
}

/** Makes the records of some names of one resource. Names that are spelled alike get one record. */
async function makeBatch(
  database: Database,
  registry: Registry,
  imported: ImportRecord,
  names: MadeName[],
  authorship: Authorship,
): Promise<void> {
  const countries = await findCountries(
    database,
    registry,
    names.map(({ mention }) => mention),
  )
  // An earlier batch may have made it.
  const known = await resolveNames(
    database,
    registry,
    names.map(({ mention }) => toQuery(mention, countries)),
  )
  const keys = new Map<string, string | null>()
  const groups = new Map<string, MadeName[]>()
  for (const [at, name] of names.entries()) {
    const key = known[at]?.match?.key
    if (key !== undefined) keys.set(name.identity, key)
    else groups.set(folded(name.mention), [...(groups.get(folded(name.mention)) ?? []), name])
  }
  await database.transaction(async (tx) => {
    for (const resource of registry.resources) {
      const own = [...groups.values()].filter(([first]) => first?.mention.resource === resource.name)
      const made = own.flatMap((group) => {
        const mention = group[0]?.mention
        if (!mention) return []
        const document = documentOf(resource, mention, countries.get(mention.country ?? '') ?? null)
        const checked = faultsOf(document, () => checkDocument(resource, document))
        return 'result' in checked ? [{ group, document: checked.result }] : []
      })
      const changes = made.map(({ document }, at) => ({ at, kind: 'create' as const, document }))
      const { done } = await writeEach(tx, resource, changes, authorship)
      await writeEntries(
        tx,
        imported,
        [...done.values()].map(({ key, version }) => ownEntry(resource.name, key, version)),
      )
      for (const [at, { group }] of made.entries())
        for (const { identity } of group) keys.set(identity, done.get(at)?.key ?? null)
    }
    for (const { identity } of names) if (!keys.has(identity)) keys.set(identity, null)
    await setKeys(tx, imported.id, keys)
  })
}

/** Makes the records of all names of an import that are to be made. Those that cannot be made become unresolved. */
export async function makeNamedRecords(
  database: Database,
  registry: Registry,
  imported: ImportRecord,
  { authorship, signal }: { authorship: Authorship; signal: AbortSignal },
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const names = await database.read<MadeName>({
      text: `select identity, mention from import_names where import = $1 and status = 'made' and key is null
        order by identity limit $2`,
      values: [imported.id, batchSize],
    })
    if (names.length === 0) return
    await makeBatch(database, registry, imported, names, authorship)
  }
}
