import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'

/** Forms whose record somebody else has saved, while the service still sends the previous version, in a browser. */

const dashboard = useDashboard({ changesRecords: true })

const isSure = 'I know that this cannot be undone.'

/** The forms that send the version of their record, with what they show once they have read the saved version. */
const forms = [
  {
    form: 'edit',
    shown: 'Somebody else has changed this record',
    submit: async (page: Page) => {
      await page.getByLabel('Acronym').fill('ID')
      await page.getByRole('button', { name: 'Save' }).click()
    },
  },
  {
    form: 'merge',
    shown: 'Not saved: one of the records was changed in the meantime',
    submit: async (page: Page) => {
      await page.getByLabel(isSure).check()
      await page.getByRole('button', { name: 'Merge', exact: true }).click()
    },
  },
  {
    form: 'redact',
    shown: 'Not saved: this record was changed in the meantime',
    submit: async (page: Page) => {
      await page.getByLabel('Text required').fill('Institute')
      await page.getByLabel('Reason required').fill('At its own request')
      await page.getByLabel(isSure).check()
      await page.getByRole('button', { name: 'Redact' }).click()
    },
  },
]

describeInBrowser('a form with an outdated version', () => {
  it.each(forms)(
    'says that the record has changed only when it has read the change: $form',
    async ({ form, shown, submit }) => {
      const create = (name: string) => dashboard.create('organizations', { name, kind: 'academic' })
      const [id, other] = [await create('Institute of Deserts'), await create('Institute of Drylands')]
      const query = form === 'merge' ? `?into=${other}` : ''
      const { page } = await dashboard.openSignedIn(`/records/organizations/${id}/${form}${query}`)
      const record = new RegExp(`/v1/organizations/${id}(\\?|$)`)
      const before = await (await page.request.get(`${dashboard.api.origin}/v1/organizations/${id}`)).json()
      await dashboard.api.database.transaction((tx) =>
        tx.query({
          text: `update organizations set website = 'https://theirs.example' where id = $1`,
          values: [id],
        }),
      )
      const cacheControl: (string | undefined)[] = []
      await page.route(record, (route) => {
        if (route.request().method() !== 'GET') return route.continue()
        cacheControl.push(route.request().headers()['cache-control'])
        return route.fulfill({ json: { ...before, names: {} } })
      })
      await submit(page)
      await page
        .getByRole('alert')
        .getByText(/version 2/)
        .waitFor()
      expect(await page.getByText(shown).count()).toBe(0)
      expect(cacheControl).toEqual(['no-cache'])
      await page.unroute(record)
      await submit(page)
      await page.getByText(shown).waitFor()
    },
  )
})
