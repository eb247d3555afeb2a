import type { Document } from '../../operations/writing/documents.ts'
import { checkDocument } from '../../operations/writing/validation.ts'
import { describeFault } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import type { SeedFile } from './files.ts'

/**
 * Checks the document of a seed as the API checks the document of a new record.
 * @throws Error that names the file, the record and the errors.
 */
export function checkSeed({ path, resource }: SeedFile, document: Document): Document {
  try {
    return checkDocument(resource, document)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const faults = error.errors.map(describeFault).join('; ')
    const record = document[resource.key.property] ?? document.title ?? document.name
    throw new Error(`${path}: the record ${JSON.stringify(record)} is not valid: ${faults}`, { cause: error })
  }
}
