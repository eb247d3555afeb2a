import { useId, useState } from 'preact/hooks'
import { type ApiError, sendRequest, toApiError } from '../api/client.ts'
import type { Actor } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { startSession, useSession } from '../session.ts'
import { Reason } from './service-text.tsx'
import '../styles/forms.css'

/** Reads the actor of a key from the service. @throws ApiError when the key is wrong. */
async function readActor(key: string): Promise<Actor> {
  const response = await sendRequest('/v1/actor', { headers: { accept: 'application/json' } }, key)
  // The service validates its responses against the OpenAPI document in its tests.
  return (await response.json()) as Actor
}

/** The characters that a header can carry. */
const isSendable = (key: string) => /^[\x21-\x7e]+$/.test(key)

/** Takes a key, checks it, and starts a session. The key is never in a URL, and is stored beyond the page only on request. */
export function SignInForm({ onDone }: { onDone?: () => void }) {
  const { t } = useLanguage()
  const { end } = useSession()
  const id = useId()
  const [key, setKey] = useState('')
  const [isKept, setKept] = useState(false)
  const [error, setError] = useState<ApiError | 'form'>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const text = key.trim()
    if (!isSendable(text)) return setError('form')
    try {
      const actor = await readActor(text)
      startSession({ key: text, actor }, isKept)
      onDone?.()
    } catch (failure) {
      setError(toApiError(failure))
    }
  }
  return (
    <form class="stack" onSubmit={submit}>
      {end === 'refused' && <p class="fault">{t('session.refused')}</p>}
      <div class="field">
        <label for={id}>{t('session.key')}</label>
        <input
          id={id}
          type="password"
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-hint`}
          aria-invalid={error !== undefined}
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} class="soft small">
          {t('session.keyHint')}
        </p>
        <p class="fault" role="alert">
          {error === 'form' ? t('session.noKey') : error && <Reason error={error} />}
        </p>
      </div>
      <label class="check">
        <input type="checkbox" checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} />
        {t('session.keep')}
      </label>
      <button type="submit" class="primary">
        {t('session.signIn')}
      </button>
    </form>
  )
}
