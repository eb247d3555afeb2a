import type { QueryConfig } from 'pg'
import { copyTable } from '../../src/query/export.ts'
import { flatColumns } from '../../src/query/flat.ts'
import { listParameters, planList } from '../../src/query/list.ts'
import { checkQuery, readQuery } from '../../src/query/parameters.ts'
import { readRepresentation } from '../../src/query/representation.ts'
import { recordStatement } from '../../src/query/revisions.ts'
import { countStatement, listStatement, readStatement } from '../../src/query/sql.ts'
import { resources } from '../../src/resources/index.ts'

/** The statements that the service runs, for the server that is written by hand. */

const found = resources.find(({ name }) => name === 'agreements')
if (!found) throw new Error('there are no agreements')
const agreements = found

const planOf = (search: string) =>
  planList(agreements, checkQuery(listParameters(agreements), readQuery(search)))

/** The statement of a list of agreements. @param search its query string. */
export const list = (search: string): QueryConfig => listStatement(planOf(search), undefined)

/** The statement that counts them. */
export const count = (search: string): QueryConfig => countStatement(planOf(search))

const readMany = readStatement(agreements, [], readRepresentation(agreements, new Map()))

/** The statement of one whole agreement: as the service's, which finds many, but by one key. */
export const read = (id: string): QueryConfig => ({
  name: 'one',
  text: readMany.text.replace(/ = any\(.*$/, ' = $1'),
  values: [id],
})

const exported = planOf('')

/** The COPY of an export of all agreements as CSV. */
export const copyAll = copyTable(exported, flatColumns(agreements, exported.representation), 'record')

const authorship = {
  actor: { kind: 'key' as const, id: 'ADMIN_KEY', name: 'ADMIN_KEY' },
  requestId: null,
  reason: null,
}

/** The statement that writes the revision of one agreement and reads it back. */
export const record = (id: string, kind: 'create' | 'patch'): QueryConfig =>
  recordStatement(agreements, [id], kind, authorship)
