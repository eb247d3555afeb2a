import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Folder of the XSDs of IATI 2.03; the schemas are not part of the repository. */
const schemaFolder = process.env.IATI_SCHEMAS

/** Whether there are schemas for `validateIati`. */
export const hasIatiSchemas = schemaFolder !== undefined

/** Validates an activity file against the XML Schema of IATI, with `xmllint`. @throws if it is not valid. */
export function validateIati(text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'entente-iati-'))
  try {
    const file = join(folder, 'activities.xml')
    writeFileSync(file, text)
    const schema = join(schemaFolder ?? '', 'iati-activities-schema.xsd')
    execFileSync('xmllint', ['--noout', '--schema', schema, file], { stdio: 'pipe' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
