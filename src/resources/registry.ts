import { createRegistry } from '../model/registry.ts'
import type { ResourceDefinition } from '../model/resource.ts'
import { agreements } from './agreements.ts'
import { assistancePrograms } from './assistance-programs.ts'
import { citations } from './citations.ts'
import { cooperationBases } from './cooperation-bases.ts'
import { countries } from './countries.ts'
import { figures } from './figures.ts'
import { organizations } from './organizations.ts'
import { projects } from './projects.ts'
import { regions } from './regions.ts'
import { sources } from './sources.ts'
import { topics } from './topics.ts'

/** Every resource, each after those that it refers to. Seeding and the OpenAPI document use this order. */
export const definitions: readonly ResourceDefinition[] = [
  regions,
  countries,
  topics,
  organizations,
  sources,
  agreements,
  projects,
  cooperationBases,
  assistancePrograms,
  figures,
  citations,
]

/** The registry of the service. */
export const registry = createRegistry(definitions)
