import type { Transaction } from '../../database/database.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { type Mention, mentionsIn } from '../../operations/writing/references.ts'
import { resources } from '../../resources/index.ts'
import type { SeedFile } from './files.ts'
import { findNamed } from './presence.ts'

/** Where the registry makes the key of a record, seeds refer to it by an external id, `scheme:id`. */
const isName = (value: string) => value.includes(':')

function setAt(target: unknown, path: PropertyKey[], value: string): void {
  const [step, ...rest] = path
  if (typeof target !== 'object' || target === null || step === undefined) return
  if (rest.length === 0) Reflect.set(target, step, value)
  else setAt(Reflect.get(target, step), rest, value)
}

async function findMentionedKeys(
  transaction: Transaction,
  mentions: Mention[],
): Promise<Map<string, string>> {
  const keys = new Map<string, string>()
  for (const resource of resources) {
    const names = mentions
      .filter(({ reference }) => reference.resource === resource.name)
      .map(({ value }) => value)
    for (const [name, key] of await findNamed(transaction, resource, [...new Set(names)])) {
      keys.set(`${resource.name} ${name}`, key)
    }
  }
  return keys
}

/**
 * Replaces the names of records in documents by their keys. Returns copies.
 * @throws Error when no record has the name.
 */
export async function resolveReferences(
  transaction: Transaction,
  file: SeedFile,
  documents: Document[],
): Promise<Document[]> {
  const mentions = documents.flatMap((document, at) =>
    mentionsIn(file.resource.document, document, [at]).filter(({ value }) => isName(value)),
  )
  const keys = await findMentionedKeys(transaction, mentions)
  const resolved = structuredClone(documents)
  for (const { path, value, reference } of mentions) {
    const key = keys.get(`${reference.resource} ${value}`)
    if (key === undefined) {
      throw new Error(`${file.path}: "${value}" at /${path.join('/')} is no record of ${reference.resource}`)
    }
    setAt(resolved, path, key)
  }
  return resolved
}
