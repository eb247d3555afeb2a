import { LRUCache } from 'lru-cache'
import type { Dependencies } from '../database/changes.ts'
import { everything, type Transaction } from '../database/database.ts'
import type { Registry } from '../model/registry.ts'

/**
 * Finds the resources that a statement reads: the result of the statement is valid until one of them changes. Searches the text
 * of the statement for tables and functions, and the definitions of these functions for further tables and functions. A table
 * without known resources counts as everything, and a word that only looks like the name of a table counts as this table.
 */

/** Names of tables in the database, and definitions of functions by name. */
export interface Catalog {
  tables: readonly string[]
  functions: ReadonlyMap<string, string>
}

/** Reads the catalog. Functions of extensions read no table of the registry. */
export async function readCatalog(tx: Transaction): Promise<Catalog> {
  const tables = await tx.query<{ name: string }>({
    text: `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`,
  })
  const functions = await tx.query<{ name: string; definition: string }>({
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

/** Maximum number of statements whose dependencies are cached. */
const maxStatements = 1000

/** A word that may name a table or a function. The groups also match a preceding `as` (an alias) and a dot (a qualifier). */
const wordPattern = /(\bas\s+)?"?\b([a-z_][a-z0-9_]*)\b"?(\s*\.)?/g

/** Whether a text has dynamic SQL, in which table names cannot be found. */
const isDynamic = (text: string): boolean => /\b(execute|regclass|query_to_xml)\b/i.test(text)

/**
 * Empties string literals, so that words in them do not count as names. A text with comments or E'' strings is returned
 * unchanged, since the pattern would not find its literals reliably.
 */
const withoutLiterals = (text: string): string =>
  /--|\/\*|\be'/i.test(text) ? text : text.replaceAll(/'(?:[^']|'')*'/g, "''")

/** Finds the dependencies of statements. */
export class DependencyFinder {
  readonly #resources: ReadonlyMap<string, readonly string[]>
  readonly #tables: ReadonlySet<string>
  readonly #functions: ReadonlyMap<string, string>
  readonly #found = new LRUCache<string, Dependencies>({ max: maxStatements })

  constructor(registry: Pick<Registry, 'resourcesByTable'>, { tables, functions }: Catalog) {
    this.#resources = registry.resourcesByTable
    this.#tables = new Set(tables)
    this.#functions = functions
  }

  /** Returns the resources that a statement reads. */
  find(text: string): Dependencies {
    const known = this.#found.get(text)
    if (known) return known
    const dependencies = this.#findInText(text, new Set())
    this.#found.set(text, dependencies)
    return dependencies
  }

  /** Returns the resources that several statements read together. */
  findAll(texts: Iterable<string>): Dependencies {
    const all = new Set<string>()
    for (const text of texts) {
      const dependencies = this.find(text)
      if (dependencies === everything) return everything
      for (const dependency of dependencies) all.add(dependency)
    }
    return [...all]
  }

  /** @param calling the functions whose definitions are being searched, which are skipped when they are called again. */
  #findInText(text: string, calling: ReadonlySet<string>): Dependencies {
    if (isDynamic(text)) return everything
    const found = new Set<string>()
    for (const name of findNames(text)) {
      const dependencies = this.#tables.has(name)
        ? this.#findInTable(name, text)
        : this.#findInFunction(name, calling)
      if (dependencies === everything) return everything
      for (const dependency of dependencies) found.add(dependency)
    }
    return [...found]
  }

  #findInFunction(name: string, calling: ReadonlySet<string>): Dependencies {
    const definition = this.#functions.get(name)
    return definition === undefined || calling.has(name)
      ? []
      : this.#findInText(definition, new Set([...calling, name]))
  }

  /** Returns the resources whose rows the statement reads from a table: the selected ones, or all that have rows there. */
  #findInTable(table: string, text: string): Dependencies {
    const resources = this.#resources.get(table)
    if (resources?.length === 1) return resources
    return this.#findSelected(table, text) ?? resources ?? everything
  }

  /**
   * Finds the resources whose rows a statement selects from a shared table. Each occurrence of the table must be followed by a
   * condition such as `"records"."resource" = 'agreements'`, or by a condition that joins it to the table of a resource, such
   * as `"records"."id" = "agreements"."id"`.
   * @returns undefined if an occurrence has no such condition.
   */
  #findSelected(table: string, text: string): string[] | undefined {
    const [, ...sqlParts] = text.split(new RegExp(`(?<!\\bas\\s+)"?\\b${table}\\b"?(?!"?\\s*\\.)`))
    const selected = sqlParts.map((sqlPart) => this.#findOwners(table, sqlPart))
    return selected.every((names) => names.length > 0) ? selected.flat() : undefined
  }

  #findOwners(table: string, sqlPart: string): string[] {
    const byName = sqlPart.matchAll(new RegExp(`"${table}"\\."resource" = '([\\w-]+)'`, 'g'))
    const byRow = sqlPart.matchAll(new RegExp(`"${table}"\\."(?:id|record)" = "(\\w+)"\\."id"`, 'g'))
    const owners = [...byRow].flatMap(([, owner = '']) => this.#resources.get(owner) ?? [])
    return [...[...byName].flatMap(([, name = '']) => name), ...owners]
  }
}

function findNames(text: string): Set<string> {
  const names = new Set<string>()
  for (const [, precedingAs, name = '', followingDot] of withoutLiterals(text).matchAll(wordPattern))
    if (!precedingAs && !followingDot) names.add(name)
  return names
}
