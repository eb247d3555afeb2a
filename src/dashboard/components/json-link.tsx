import { sendRequest } from '../api/client.ts'
import { useLanguage } from '../i18n/language.ts'
import { useSession } from '../session.ts'

/** Opens a record as JSON. A link sends no key, so for somebody who has signed in the file is fetched and saved. */
export function JsonLink({ path, name }: { path: string; name: string }) {
  const { t } = useLanguage()
  const { session } = useSession()
  if (!session)
    return (
      <a class="button no-print" href={path}>
        {t('record.json')}
      </a>
    )
  const save = async () => {
    const response = await sendRequest(path, { headers: { accept: 'application/json' } })
    const address = URL.createObjectURL(await response.blob())
    const link = Object.assign(document.createElement('a'), { href: address, download: `${name}.json` })
    link.click()
    URL.revokeObjectURL(address)
  }
  return (
    <button type="button" class="no-print" onClick={save}>
      {t('record.json')}
    </button>
  )
}
