import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Resource } from '../../model/resource.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { packageRoot } from '../../package-root.ts'
import { registry } from '../../resources/registry.ts'

/** The seeds to write: only the reference data (countries, regions, topics), or all. */
export type SeedSet = 'all' | 'reference'

const folders: Record<SeedSet, string[]> = {
  reference: ['reference'],
  all: ['reference', 'interview-2011'],
}

/** The documents of one resource in one folder of `seeds/`. */
export interface SeedFile {
  path: string
  resource: Resource
  documents: Document[]
}

const documentsSchema = z.array(z.record(z.string(), z.unknown()))

async function readFolder(folder: string): Promise<SeedFile[]> {
  const entries = await readdir(join(packageRoot, 'seeds', folder), { withFileTypes: true })
  // Subfolders are skipped: they have lists that are not records, such as further names of countries.
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  const unknown = names.filter(
    (name) => !registry.resources.some((resource) => name === `${resource.name}.json`),
  )
  if (unknown.length > 0)
    throw new Error(`seeds/${folder} has files that belong to no resource: ${unknown.join(', ')}`)
  const present = registry.resources.filter(({ name }) => names.includes(`${name}.json`))
  return Promise.all(
    present.map(async (resource) => {
      const path = `seeds/${folder}/${resource.name}.json`
      const documents = documentsSchema.parse(JSON.parse(await readFile(join(packageRoot, path), 'utf8')))
      return { path, resource, documents }
    }),
  )
}

/**
 * Returns the files of a set. Each file refers only to records of the files before it and, by key, to its own records.
 * @throws Error for a file that belongs to no resource, or that is not a JSON array of objects.
 */
export async function readSeeds(set: SeedSet): Promise<SeedFile[]> {
  const read = await Promise.all(folders[set].map(readFolder))
  return read.flat()
}
