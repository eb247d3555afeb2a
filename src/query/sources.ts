import { LRUCache } from 'lru-cache'
import type { Sources } from '../database/changes.ts'
import { everything, type Transaction } from '../database/database.ts'
import type { Registry } from '../model/registry.ts'

/**
 * Finds the resources that a statement reads, so that its result is valid until one of them changes. It searches the text
 * of the statement for tables and functions, and the functions for further ones. An unknown source counts as everything,
 * and a word that only looks like a table counts as that table.
 */

/** Names of tables in the database, and definitions of functions by name. */
export interface Catalog {
  tables: readonly string[]
  functions: ReadonlyMap<string, string>
}

/** Reads the catalog. Functions of extensions read no table of the registry. */
export async function readCatalog(database: Transaction): Promise<Catalog> {
  const tables = await database.query<{ name: string }>({
    text: `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`,
  })
  const functions = await database.query<{ name: string; definition: string }>({
    text: `select proname as name, string_agg(pg_get_functiondef(oid), ' ') as definition from pg_proc
      where pronamespace = 'public'::regnamespace and prokind = 'f'
        and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
      group by proname`,
  })
  return {
    tables: tables.map(({ name }) => name),
    functions: new Map(functions.map(({ name, definition }) => [name, definition])),
  }
}

/** Maximum number of statements whose sources are cached. */
const maxStatements = 1000

/** A word that may name a table or a function. It is not an alias after `as`, nor the qualifier of a column. */
const words = /(\bas\s+)?"?\b([a-z_][a-z0-9_]*)\b"?(\s*\.)?/g

/** Dynamic SQL, whose names the text of a function does not show. */
const isDynamic = (text: string): boolean => /\b(execute|regclass|query_to_xml)\b/i.test(text)

/** String literals, which are values and not names. An apostrophe in a comment does not begin one. */
const withoutLiterals = (text: string): string =>
  /--|\/\*|\be'/i.test(text) ? text : text.replaceAll(/'(?:[^']|'')*'/g, "''")

/** Finds the sources of statements. */
export class SourceFinder {
  readonly #resources: ReadonlyMap<string, readonly string[]>
  readonly #tables: ReadonlySet<string>
  readonly #functions: ReadonlyMap<string, string>
  readonly #found = new LRUCache<string, { sources: Sources }>({ max: maxStatements })

  constructor(registry: Pick<Registry, 'tableResources'>, { tables, functions }: Catalog) {
    this.#resources = registry.tableResources
    this.#tables = new Set(tables)
    this.#functions = functions
  }

  /** Returns the resources that a statement reads. */
  find(text: string): Sources {
    const known = this.#found.get(text)
    if (known) return known.sources
    const sources = this.#read(text, new Set())
    this.#found.set(text, { sources })
    return sources
  }

  /** Returns the resources that several statements read together. */
  findAll(texts: Iterable<string>): Sources {
    const all = new Set<string>()
    for (const text of texts) {
      const sources = this.find(text)
      if (sources === everything) return everything
      for (const source of sources) all.add(source)
    }
    return [...all]
  }

  /** @param calling functions that are being read, which may call themselves. */
  #read(text: string, calling: ReadonlySet<string>): Sources {
    if (isDynamic(text)) return everything
    const found = new Set<string>()
    for (const name of namesIn(text)) {
      const sources = this.#tables.has(name) ? this.#readTable(name, text) : this.#readFunction(name, calling)
      if (sources === everything) return everything
      for (const source of sources) found.add(source)
    }
    return [...found]
  }

  #readFunction(name: string, calling: ReadonlySet<string>): Sources {
    const definition = this.#functions.get(name)
    return definition === undefined || calling.has(name)
      ? []
      : this.#read(definition, new Set([...calling, name]))
  }

  /** The resources whose rows are read from a table: those that the statement selects, or all that have rows there. */
  #readTable(table: string, text: string): Sources {
    const resources = this.#resources.get(table)
    if (resources?.length === 1) return resources
    return this.#findSelected(table, text) ?? resources ?? everything
  }

  /**
   * Finds the resources whose rows a statement selects from a shared table, for each occurrence of the table:
   * `"records"."resource" = 'agreements'`, or that the row belongs to one of a resource's own table.
   * @returns undefined if an occurrence has no such condition.
   */
  #findSelected(table: string, text: string): string[] | undefined {
    const [, ...sqlParts] = text.split(new RegExp(`(?<!\\bas\\s+)"?\\b${table}\\b"?(?!"?\\s*\\.)`))
    const selected = sqlParts.map((sqlPart) => this.#selectedIn(table, sqlPart))
    return selected.every((names) => names.length > 0) ? selected.flat() : undefined
  }

  #selectedIn(table: string, sqlPart: string): string[] {
    const byName = sqlPart.matchAll(new RegExp(`"${table}"\\."resource" = '([\\w-]+)'`, 'g'))
    const byRow = sqlPart.matchAll(new RegExp(`"${table}"\\."(?:id|record)" = "(\\w+)"\\."id"`, 'g'))
    const owners = [...byRow].flatMap(([, owner = '']) => this.#resources.get(owner) ?? [])
    return [...[...byName].flatMap(([, name = '']) => name), ...owners]
  }
}

function namesIn(text: string): Set<string> {
  const names = new Set<string>()
  for (const [, isAlias, name = '', isQualifier] of withoutLiterals(text).matchAll(words))
    if (!isAlias && !isQualifier) names.add(name)
  return names
}
