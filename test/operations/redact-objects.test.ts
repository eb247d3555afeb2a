import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { databaseTime, faultAt } from '../support/documents.ts'
import { createAt } from '../support/labelled-records.ts'
import { sendRedaction } from '../support/redactions.ts'

const api = await sharedApi()

const properties = ['/location/latitude', '/location/longitude']

it('a location becomes null in all versions and in the past if all its values are redacted', async () => {
  const location = { latitude: 11.7, longitude: 12.7 }
  const path = await createAt(api, 'cooperation-bases', { name: 'Placed', kind: 'observatory', location })
  const at = await databaseTime(api)
  const response = await sendRedaction(api, path, { properties })
  expect(response.status, response.text).toBe(200)
  expect(response.json()).toMatchObject({ location: null })
  const first = (await api.get(`${path}/history/1`)).json<{ document: object }>()
  expect(first.document).toMatchObject({ location: null })
  const past = await api.get(`${path}?asOf=${at}`)
  expect(past.json()).toMatchObject({ location: null })
})

it('a location keeps the values that are not redacted', async () => {
  const location = { name: 'Pamir', latitude: 38.5, longitude: 73.5 }
  const path = await createAt(api, 'cooperation-bases', { name: 'Named', kind: 'observatory', location })
  const response = await sendRedaction(api, path, { properties })
  expect(response.json()).toMatchObject({ location: { name: 'Pamir', latitude: null, longitude: null } })
})

it('a replacement that puts dates in the wrong order is a fault of the replacement', async () => {
  const dates = { startsOn: '1877', endsOn: '1878' }
  const path = await createAt(api, 'projects', { title: 'Dated', kind: 'joint_research', ...dates })
  const response = await sendRedaction(api, path, { text: '1877', replacement: '1999' })
  expect(response.status).toBe(422)
  expect(faultAt(response, '/replacement')?.message).toMatch(
    /^makes \/endsOn of \/v1\/projects\/.+ invalid: /,
  )
})
