import type { Database } from '../../src/database/database.ts'
import type { NamedSeal } from '../../src/features/integrity/seal-faults.ts'
import { verify } from '../../src/features/integrity/verify.ts'
import { registry } from './registry.ts'

/** Verifies the revisions of a registry, and its feed against seals. @returns each fault as `subject: message`. */
export async function findIntegrityFaults(database: Database, seals: NamedSeal[] = []): Promise<string[]> {
  const faults: string[] = []
  await verify(database, registry, seals, ({ subject, message }) => faults.push(`${subject}: ${message}`))
  return faults
}
