import { useEffect, useRef, useState } from 'preact/hooks'
import type { ApiKey, IssuedKey } from '../../api/types.ts'
import { writeApi } from '../../api/write-api.ts'
import { useLeaveGuard } from '../../editing/use-leave-guard.ts'
import { useLanguage } from '../../i18n/language.ts'
import { ConfirmButton } from '../confirm-dialog.tsx'
import { CopyButton } from '../copy-button.tsx'
import { PagedList } from '../paged-list.tsx'
import { Widget } from '../widget.tsx'
import { NewKeyForm } from './new-key-form.tsx'

const pageLimit = 100

/** The API keys: a list, a form that creates a key, and buttons that revoke keys. */
export function Keys() {
  const { t } = useLanguage()
  const [issued, setIssued] = useState<IssuedKey>()
  const container = useRef<HTMLDivElement>(null)
  const lastIssued = useRef(issued)
  useEffect(() => {
    // The button that had the focus was removed with its form or notice.
    if (issued !== lastIssued.current) container.current?.focus()
    lastIssued.current = issued
  }, [issued])
  return (
    <Widget title={t('keys.title')} caption={t('keys.caption')}>
      <div ref={container} tabIndex={-1}>
        {issued ? (
          <NewKey issued={issued} onClose={() => setIssued(undefined)} />
        ) : (
          <NewKeyForm onIssued={setIssued} />
        )}
      </div>
      <PagedList<ApiKey> path="/v1/keys" parameters={{ limit: pageLimit }} height="12rem">
        {(keys) =>
          keys.length === 0 ? (
            <p class="empty">{t('keys.none')}</p>
          ) : (
            // A wide table scrolls sideways on its own, so that the form above it stays in the window.
            <div class="widget-body">
              <KeyTable keys={keys} />
            </div>
          )
        }
      </PagedList>
    </Widget>
  )
}

/** An API key that was just created. Only the memory of this page holds it, until the user closes the notice. */
function NewKey({ issued: { name, key }, onClose }: { issued: IssuedKey; onClose: () => void }) {
  const { t } = useLanguage()
  useLeaveGuard(true, 'keys.leave')
  return (
    <div class="notice stack" role="status">
      <p>{t('keys.once', { name })}</p>
      <p>
        <code class="secret">{key}</code>
      </p>
      <div class="toolbar">
        <CopyButton label={t('keys.copy')} getText={() => key} />
        <button type="button" onClick={onClose}>
          {t('keys.stored')}
        </button>
      </div>
    </div>
  )
}

function KeyTable({ keys }: { keys: readonly ApiKey[] }) {
  const { t, tOr, dateTime } = useLanguage()
  const when = (iso: string | null) => (iso === null ? t('keys.never') : dateTime(iso))
  return (
    <table>
      <caption class="visually-hidden">{t('keys.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('keys.name')}</th>
          <th scope="col">{t('keys.role')}</th>
          <th scope="col">{t('keys.prefix')}</th>
          <th scope="col">{t('keys.created')}</th>
          <th scope="col">{t('keys.expires')}</th>
          <th scope="col">{t('keys.used')}</th>
          <th scope="col">{t('keys.state')}</th>
        </tr>
      </thead>
      <tbody>
        {keys.map(({ id, name, role, prefix, createdAt, expiresAt, lastUsedAt, revokedAt }) => (
          <tr key={id}>
            <th scope="row">{name}</th>
            <td>{tOr(`role.${role}`, role)}</td>
            <td>
              <code>{prefix}</code>
            </td>
            <td>{dateTime(createdAt)}</td>
            <td>{when(expiresAt)}</td>
            <td>{when(lastUsedAt)}</td>
            <td>
              {revokedAt === null ? (
                <ConfirmButton
                  label={t('keys.revoke')}
                  title={t('keys.revokeTitle', { name })}
                  isDanger
                  withReason={false}
                  onConfirm={(headers) => writeApi(`/v1/keys/${id}`, { method: 'DELETE', ...headers })}
                >
                  {t('keys.revokeText')}
                </ConfirmButton>
              ) : (
                t('keys.revoked', { time: dateTime(revokedAt) })
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
