import { sql } from 'drizzle-orm'
import { check, jsonb } from 'drizzle-orm/pg-core'
import { snakeCase } from '../../database/columns.ts'
import { defineField, ownColumn, prefixedName } from '../field.ts'
import { jsonRows } from '../json.ts'
import { aliases as aliasesSchema } from '../schemas.ts'

/** Other spellings, names or titles of a record, in any language. Full-text search treats them like the record's name. */
export const aliases = (description?: string) =>
  defineField({
    capability: { kind: 'aliases' },
    schema: () => (description === undefined ? aliasesSchema() : aliasesSchema().meta({ description })),
    columns: (name) => ({ [name]: jsonb(snakeCase(name)).notNull().default([]) }),
    constraints: (context) => [
      check(`${prefixedName(context)}_form`, sql`is_alias_list(${ownColumn(context)})`),
    ],
    json: (context) =>
      jsonRows(
        sql`select alias -> 'name' as name, alias -> 'language' as language from jsonb_array_elements(${ownColumn(context)}) with ordinality as listed(alias, at) order by at`,
      ),
    searchText: (column) => ({ A: `alias_names(${column})` }),
  })
