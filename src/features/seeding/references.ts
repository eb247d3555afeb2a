import type { Transaction } from '../../database/database.ts'
import type { Registry } from '../../model/registry.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { findReferences, type ReferenceValue, setAt } from '../../operations/writing/references.ts'
import { findByIdentifiers } from './existing-records.ts'
import type { SeedFile } from './files.ts'

/** Whether a reference in a seed is an external id, `scheme:id`. Seeds use these for records with generated keys. */
const isExternalId = (value: string) => value.includes(':')

async function findReferencedKeys(
  tx: Transaction,
  registry: Registry,
  references: ReferenceValue[],
): Promise<Map<string, string>> {
  const keys = new Map<string, string>()
  for (const resource of registry.resources) {
    const identifiers = references
      .filter((reference) => reference.resource === resource.name)
      .map(({ key }) => key)
    for (const [identifier, key] of await findByIdentifiers(tx, resource, [...new Set(identifiers)])) {
      keys.set(`${resource.name} ${identifier}`, key)
    }
  }
  return keys
}

/**
 * Returns the documents with keys in place of references by external id.
 * @throws Error for an external id that no record has.
 */
export async function resolveReferences(
  tx: Transaction,
  file: SeedFile,
  documents: Document[],
): Promise<Document[]> {
  const found = documents.flatMap((document, index) =>
    findReferences(file.resource.document, document, [index]).filter(({ key }) => isExternalId(key)),
  )
  const keys = await findReferencedKeys(tx, file.resource.registry, found)
  const resolved = structuredClone(documents)
  for (const { path, key: value, resource } of found) {
    const key = keys.get(`${resource} ${value}`)
    if (key === undefined) {
      throw new Error(
        `${file.path}: "${value}" at /${path.join('/')} is not the external id of a record of ${resource}`,
      )
    }
    setAt(resolved, path, key)
  }
  return resolved
}
