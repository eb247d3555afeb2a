import { expect, it } from 'vitest'
import { writeEach } from '../../src/operations/bulk/write-each.ts'
import { useTestApi } from '../support/api.ts'
import { testAuthorship } from '../support/authorship.ts'
import { resourceOf, unusedId } from '../support/documents.ts'

const api = useTestApi()

it('no savepoint is left when operations of a bulk request have been refused', async () => {
  const agreements = resourceOf('agreements')
  const dangling = [{ kind: 'renews', agreement: unusedId }]
  const document = agreements.document.parse({ title: 'Renewal', kind: 'treaty', relations: dangling })
  const changes = [0, 1, 2].map((index) => ({ index, kind: 'create' as const, document }))
  const work = api.database.transaction(async (tx) => {
    const { refused } = await writeEach(tx, agreements, changes, testAuthorship)
    expect([...refused.keys()]).toEqual([0, 1, 2])
    await tx.query({ text: 'release savepoint bulk' })
  })
  await expect(work).rejects.toThrow('savepoint "bulk" does not exist')
})
