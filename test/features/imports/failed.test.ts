// @module-tag slow

import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { importCsv, newScheme, treatyHeader, treatyMapping, undo } from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'

/** Failed imports: the rows that were waiting when a commit failed, and the attempts if no failure can be stored. */

const api = useTestApi()
beforeAll(async () => {
  await api.pool.query(`
    create function fail_insert() returns trigger language plpgsql as $$
      begin raise exception 'a page is corrupted' using errcode = 'data_corrupted'; end $$;
    create trigger fail_insert before insert on agreements for each row
      when (new.title = 'Fails') execute function fail_insert()`)
})

/** Rows may refer to the agreement of another row. */
const mappingOf = (scheme: string) => `
scheme: ${scheme}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      relations: [{kind: =implements, agreement: Implements}]
`

/** The first two rows refer to the last one. The commit fails at a row of a later transaction. */
const csv = [
  'Id,Title,Implements',
  '0,Waits,399',
  '1,Waits\u0085 with a dropped character,399',
  ...Array.from({ length: 398 }, (_, index) => `${index + 2},${index === 300 ? 'Fails' : 'Written'},`),
].join('\n')

const reason = 'refers to the record of another row, which has not been written'

describe('a row that waits for the record of another row when the commit fails', () => {
  it('is listed with the wait as its reason, also in rejected.csv and in the report of the undo', async () => {
    const failed = await importCsv(api.database, mappingOf(newScheme()), csv)
    const { id } = failed
    expect(failed).toMatchObject({ state: 'failed', failure: 'a page is corrupted' })
    const read = (path: string) => api.get(`/v1/imports/${id}/${path}`, { key: adminKey })
    const faults = [{ column: '', value: '', detail: reason }]
    expect((await read('rows')).json()).toMatchObject({
      data: [
        { locator: 'row 2', values: { Id: '0' }, faults },
        { locator: 'row 3', values: { Id: '1' }, faults },
      ],
      page: { next: null },
    })
    const [, ...lines] = (await read('rejected.csv')).text.trimEnd().split('\r\n')
    expect(lines.map((line) => line.endsWith(`,"${reason}",,`))).toEqual([true, true])
    expect(await undo(api.database, failed)).toMatchObject({
      state: 'undone',
      report: { refusedBy: [{ column: '', rows: 2, example: { detail: reason } }], droppedBy: [] },
    })
  })
})

describe.each([
  ['an import whose failure cannot be stored', "old.state = 'staging'"],
  ['a finished import whose rows cannot be removed', 'new.cleared'],
])('%s', (_, condition) => {
  it('is tried again only after a pause', async () => {
    const scheme = newScheme()
    // Sequences are not rolled back, so this one counts the attempts.
    await api.pool.query(`
      drop sequence if exists attempts;
      create sequence attempts;
      create or replace function count_attempt() returns trigger language plpgsql as $$
        begin perform nextval('attempts'); raise exception 'the import cannot be changed'; end $$;
      create or replace trigger count_attempt before update on imports for each row
        when (old.scheme = '${scheme}' and ${condition}) execute function count_attempt()`)
    const parts = [
      ['mapping', treatyMapping(scheme), 'mapping.yaml'],
      ['file', `${treatyHeader}\n1,Title,2001,China`, 'treaties.csv'],
    ] as const
    await sendForm(api, '/v1/imports?commit=true', parts)
    const attempts = async () => {
      const { rows } = await api.pool.query('select last_value::int, is_called from attempts')
      return rows[0].is_called ? rows[0].last_value : 0
    }
    await expect.poll(attempts).toBeGreaterThan(0)
    // Without a pause, there would be dozens of attempts meanwhile.
    await delay(500)
    expect(await attempts()).toBeLessThan(6)
  })
})
