import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  getTableConfig,
  type IndexBuilder,
  index,
  type PgColumn,
  type PgTable,
  pgTable,
  uuid,
} from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf, rowStart, searchColumn, snakeCase } from '../database/columns.ts'
import { characterIndex, nameIndexes, searchIndex, titleIndexes } from '../database/folding.ts'
import { records } from '../database/tables/records.ts'
import { didYouMean } from '../problems/suggest.ts'
import { bindResource } from './bind.ts'
import {
  checkColumns,
  checkNames,
  checkResources,
  inProperty,
  orderByReferences,
  requireEnumValues,
} from './declarations.ts'
import {
  type Field,
  type FieldContext,
  fieldColumns,
  type HostCountry,
  type ParticipantOptions,
} from './field.ts'
import { visibility } from './fields/visibility.ts'
import { generatedKey, type KeySpec, type RecordKey, recordId } from './keys.ts'
import type { LabelSql, Language } from './languages.ts'
import { lazyFor } from './lazy.ts'
import { nameIn, recordNameLines, searchedLines, searchedTexts } from './names.ts'
import { makeNamesSchema } from './names-schema.ts'
import { countriesProperty } from './participants/multi-values.ts'
import type { Resource, ResourceDeclaration } from './resource.ts'
import { registerSchema } from './schema-names.ts'
import { refersTo } from './schemas.ts'
import { makeSharedTables, type SharedTables } from './shared-tables.ts'

/** Schema of the name of a resource. */
export const resourceNameSchema = lazyFor(({ resources }: Registry) =>
  registerSchema(
    'ResourceName',
    z.enum(resources.map(({ name }) => name)).meta({ description: 'A resource.' }),
  ),
)

/** Parts of a query that finds the records of a resource by their keys. */
export interface ReferencedRecords {
  /** The table of the records with its alias. */
  from: SQL
  /** The alias of the table. */
  alias: SQL
  /** The column of the key. */
  key: SQL
  /** PostgreSQL type of `key`. */
  keyType: string
}

/**
 * All resources with their tables. It resolves the references between resources: a resource finds other resources only
 * through its registry. Methods that take the name of a resource throw an Error if no resource has this name, except `find`
 * and `fieldTables`.
 */
export class Registry {
  readonly declarations: readonly ResourceDeclaration[]
  /** The options of the participants of records, by the names of the resources that have participants. */
  readonly participants = new Map<string, ParticipantOptions>()
  /** Names of the resources that have topics. */
  readonly withTopics: string[] = []
  /** Names of the resources that have external ids. */
  readonly withExternalIds: string[] = []
  readonly shared: SharedTables
  /**
   * Every resource, each after those to which it refers. In this order, seeding and imports write records, and the OpenAPI
   * document lists the paths of resources.
   */
  readonly resources: readonly Resource[]
  readonly #declarations = new Map<string, ResourceDeclaration>()
  readonly #tables = new Map<string, PgTable>()
  readonly #fieldTables = new Map<string, PgTable[]>()
  readonly #resources = new Map<string, Resource>()
  #namesSchema: z.ZodType | undefined

  /** Builds the resources of declarations, with their tables. @throws Error for a wrong declaration. */
  constructor(declarations: readonly ResourceDeclaration[]) {
    checkNames(declarations)
    this.declarations = declarations.map(withVisibility)
    for (const declaration of this.declarations) {
      this.#declarations.set(declaration.name, declaration)
      this.#collectCapabilities(declaration)
    }
    this.shared = makeSharedTables(this)
    for (const declaration of this.declarations)
      this.#tables.set(declaration.name, this.#makeTable(declaration))
    for (const declaration of this.declarations) this.#makeFieldTables(declaration)
    for (const declaration of this.declarations)
      this.#resources.set(declaration.name, bindResource(this, declaration))
    this.resources = orderByReferences([...this.#resources.values()])
    checkResources(this)
  }

  #lookUp<T>(byName: ReadonlyMap<string, T>, name: string): T {
    const found = byName.get(name)
    if (found === undefined)
      throw new Error(`there is no resource "${name}"${didYouMean(name, [...this.#declarations.keys()])}`)
    return found
  }

  #collectCapabilities({ name, fields }: ResourceDeclaration): void {
    for (const [property, { capability }] of Object.entries(fields)) {
      if (capability?.kind === 'participants') {
        inProperty(`${name}.${property}`, () => requireEnumValues(capability.roles))
        this.participants.set(name, capability)
      }
      if (capability?.kind === 'topics') this.withTopics.push(name)
      if (capability?.kind === 'externalIds') this.withExternalIds.push(name)
    }
  }

  /**
   * The schema of the `names` of a response: the names of the records that the response refers to, by resource and key. All
   * responses share this schema, since an OpenAPI component can have only one.
   */
  get namesSchema(): z.ZodType {
    this.#namesSchema ??= makeNamesSchema(this.resources)
    return this.#namesSchema
  }

  /** A resource by its name. @throws Error if no resource has this name. */
  get(name: string): Resource {
    return this.#lookUp(this.#resources, name)
  }

  /** A resource by its name, or undefined. */
  find(name: string): Resource | undefined {
    return this.#resources.get(name)
  }

  /** The declaration of a resource. @throws Error if no resource has this name. */
  declaration(name: string): ResourceDeclaration {
    return this.#lookUp(this.#declarations, name)
  }

  /**
   * The schema of the keys of a resource's records, and who assigns them.
   * @throws Error for an unknown resource, or a natural key that was not declared with `field.key`.
   */
  keySpec(name: string): KeySpec {
    const declaration = this.declaration(name)
    const { naturalKey, fields } = declaration
    if (naturalKey === undefined) return generatedKey(declaration)
    const schema = fields[naturalKey]?.storedKey
    if (!schema) throw new Error(`the key of ${name} is not declared with field.key`)
    return { schema, assignedBy: 'client' }
  }

  /** The schema of a property that refers to records of a resource. */
  referenceSchema(name: string): z.ZodType<string> {
    const { noun } = this.declaration(name)
    const { schema, assignedBy } = this.keySpec(name)
    const propertySchema =
      assignedBy === 'registry'
        ? schema.meta({ description: `Id of the ${noun}.`, format: 'uuid' })
        : schema.clone()
    return refersTo(propertySchema, name)
  }

  /** The id of the record with a key. @throws Error if no resource has this name. */
  recordId({ resource, key }: RecordKey): string {
    return recordId({ name: resource, key: this.keySpec(resource) }, key)
  }

  /** A resource's own table. @throws Error if no resource has this name. */
  table(name: string): PgTable {
    return this.#lookUp(this.#tables, name)
  }

  /** The column with the keys of a resource. */
  keyColumn(name: string): AnyPgColumn {
    return columnOf(this.table(name), this.declaration(name).naturalKey ?? 'id')
  }

  /** The tables that only this field uses. */
  fieldTables({ resource, name }: Pick<FieldContext, 'resource' | 'name'>): PgTable[] {
    return this.#fieldTables.get(`${resource}.${name}`) ?? []
  }

  /** The columns with the countries of a resource's hosts and locations, which count as participants. */
  hostCountries(name: string): HostCountry[] {
    const { fields } = this.declaration(name)
    return Object.entries(fields).flatMap(
      ([property, field]) => field.hostCountries?.(this.fieldContext(name, property, field)) ?? [],
    )
  }

  /**
   * SQL of the name of a record in a language.
   * @param row SQL name of the resource's table in the statement: the name of the table, or the name that `from` gives it.
   */
  nameIn(resource: string, row: SQL, language: Language): SQL {
    return nameIn(this.table(resource), this.declaration(resource).search, row, language)
  }

  /** Returns SQL that finds the records of a resource by their keys. */
  referencedRecords(resource: string): ReferencedRecords {
    // The alias differs from the table's name, since a resource may refer to itself.
    const alias = sql`${sql.identifier('referenced')}`
    const key = this.keyColumn(resource)
    return {
      from: sql`${this.table(resource)} ${alias}`,
      alias,
      key: sql`${alias}.${sql.identifier(key.name)}`,
      keyType: key.getSQLType(),
    }
  }

  /** SQL of the name of the record to which a value refers. @param resource name of the referenced resource. */
  nameOf(resource: string): LabelSql {
    const { from, alias, key } = this.referencedRecords(resource)
    return (value, language) =>
      sql`(select ${this.nameIn(resource, alias, language)} from ${from} where ${key} = ${value})`
  }

  /** Every table of the resources, and the tables that they share. */
  get tables(): PgTable[] {
    return [
      ...Object.values(this.shared),
      ...this.#tables.values(),
      ...[...this.#fieldTables.values()].flat(),
    ]
  }

  /** Names of the resources whose records have rows in a table, by the name of the table. */
  get resourcesByTable(): Map<string, string[]> {
    const { participations, participationActions, topicLinks, externalIds } = this.shared
    const withParticipants = [...this.participants.keys()]
    const shared: [PgTable, string[]][] = [
      [participations, withParticipants],
      [participationActions, withParticipants],
      [topicLinks, this.withTopics],
      [externalIds, this.withExternalIds],
    ]
    const ownTables = [...this.#tables].map(([resource, table]): [PgTable, string[]] => [table, [resource]])
    const fieldTables = this.declarations.flatMap(({ name: resource, fields }) =>
      Object.keys(fields).flatMap((name) =>
        this.fieldTables({ resource, name }).map((table): [PgTable, string[]] => [table, [resource]]),
      ),
    )
    return new Map(
      [...shared, ...ownTables, ...fieldTables].map(([table, names]) => [getTableConfig(table).name, names]),
    )
  }

  /**
   * Returns the context of a field in a resource.
   * @param columns the columns of the table. drizzle passes other column objects to the callback for checks and indexes.
   */
  fieldContext(
    resource: string,
    name: string,
    field: Field,
    columns: Record<string, PgColumn> = getTableColumns(this.table(resource)),
  ): FieldContext {
    const table = this.table(resource)
    return {
      name,
      table,
      tableName: snakeCase(resource),
      columns: fieldColumns(field, name, this, columns),
      recordId: columnIn(columns, 'id'),
      resource,
      registry: this,
    }
  }

  #makeTable(declaration: ResourceDeclaration): PgTable {
    const { name, fields, naturalKey } = declaration
    const tableName = snakeCase(name)
    const id = uuid('id')
      .primaryKey()
      .references(() => records.id, { onDelete: 'cascade' })
    const builders = Object.fromEntries(
      Object.entries(fields).map(([property, field]) => [
        property,
        inProperty(`${name}.${property}`, () => field.columns?.(property, this) ?? {}),
      ]),
    )
    checkColumns(declaration, builders)
    return pgTable(
      tableName,
      {
        // `name_id` returns a name-based UUID (version 5), so the id follows from the key.
        id:
          naturalKey === undefined
            ? id
            : id.generatedAlwaysAs(sql.raw(`name_id('${name}', ${snakeCase(naturalKey)})`)),
        ...Object.assign({}, ...Object.values(builders)),
        search: searchColumn(searchedTexts(fields)),
        ...rowStart(),
      },
      (columns: Record<string, PgColumn>) => [
        ...Object.entries(fields).flatMap(
          ([property, field]) => field.constraints?.(this.fieldContext(name, property, field, columns)) ?? [],
        ),
        ...(declaration.constraints?.(columns) ?? []),
        ...searchIndexes(declaration, columns),
        ...this.#dimensionIndexes(declaration, columns),
        ...this.#countryIndexes(declaration, columns),
      ],
    )
  }

  /**
   * The covering index for aggregates, which read all records by an index-only scan: the index is far smaller than the table.
   * No lookup uses it, so the id may come first.
   */
  #dimensionIndexes(
    { name, fields }: ResourceDeclaration,
    columns: Record<string, PgColumn>,
  ): IndexBuilder[] {
    const indexed = Object.entries(fields).flatMap(
      ([property, field]) =>
        field.dimensionColumns?.(this.fieldContext(name, property, field, columns)) ?? [],
    )
    if (indexed.length === 0) return []
    // The id is for joins with other tables.
    return [index(`${snakeCase(name)}_dimensions`).on(columnIn(columns, 'id'), ...indexed)]
  }

  /** The index of the event dates of records and the countries that take part. Aggregates by country and networks read it. */
  #countryIndexes(
    { name, eventDates }: ResourceDeclaration,
    columns: Record<string, PgColumn>,
  ): IndexBuilder[] {
    if (!eventDates || !this.participants.has(name)) return []
    const days = eventDates.flatMap((date) => [`${date}Earliest`, `${date}Latest`])
    const [id, ...indexed] = ['id', ...days, countriesProperty].map((property) => columnIn(columns, property))
    return id ? [index(`${snakeCase(name)}_countries`).on(id, ...indexed)] : []
  }

  #makeFieldTables({ name, fields }: ResourceDeclaration): void {
    for (const [property, field] of Object.entries(fields)) {
      const tables = inProperty(
        `${name}.${property}`,
        () => field.tables?.(this.fieldContext(name, property, field)) ?? [],
      )
      if (tables.length > 0) this.#fieldTables.set(`${name}.${property}`, tables)
    }
  }
}

/** Adds the field `visibility`, which records of every resource have. */
const withVisibility = (declaration: ResourceDeclaration): ResourceDeclaration => ({
  ...declaration,
  fields: { ...declaration.fields, visibility: visibility() },
})

/** Indexes for the search across resources and for full-text search. */
function searchIndexes({ name, search, fields }: ResourceDeclaration, columns: Record<string, PgColumn>) {
  const tableName = snakeCase(name)
  const nameLines = recordNameLines(columns, search)
  const title = columnIn(columns, search.title)
  return [
    searchIndex(tableName, columnIn(columns, 'search')),
    characterIndex(tableName, searchedLines(fields)),
    ...(nameLines ? nameIndexes(tableName, title, nameLines) : titleIndexes(tableName, title)),
  ]
}
