import { useState } from 'preact/hooks'
import { type ApiError, sendRequest, toApiError } from '../api/client.ts'
import type { Actor } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusView } from '../scroll-and-focus.ts'
import { startSession, useSession } from '../session.ts'
import { FailureReason } from './service-text.tsx'
import '../styles/forms.css'

/** Reads the actor of a key. @throws ApiError like `sendRequest`; another error when the response is not JSON. */
async function readActor(key: string): Promise<Actor> {
  const response = await sendRequest('/v1/actor', { headers: { accept: 'application/json' } }, key)
  // Tests validate the responses of the service against the OpenAPI document.
  return (await response.json()) as Actor
}

/** Whether a key has only visible ASCII characters. A bearer token can have no others. */
const isSendable = (key: string) => /^[\x21-\x7e]+$/.test(key)

/** The HTML id of the input for the key. A page has only one form for signing in. */
const id = 'sign-in-key'

/** Moves the focus to the form with which the user can sign in again after the service has refused the key. */
export const focusSignIn = (): void => document.getElementById(id)?.focus()

/** A form that checks a key and starts a session. The key is never in a URL, and is stored only if the user asks for it. */
export function SignInForm({ onDone }: { onDone?: () => void }) {
  const { t } = useLanguage()
  const { endReason } = useSession()
  const [key, setKey] = useState('')
  const [isStored, setStored] = useState(false)
  const [error, setError] = useState<ApiError | 'malformed'>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const text = key.trim()
    if (!isSendable(text)) return setError('malformed')
    // The form stays on the page if the key is accepted but lacks the right that the page requires.
    setError(undefined)
    try {
      const actor = await readActor(text)
      startSession({ key: text, actor }, isStored)
      focusView()
      onDone?.()
    } catch (failure) {
      setError(toApiError(failure))
    }
  }
  return (
    <form class="stack" onSubmit={submit}>
      {endReason === 'refused' && (
        <p class="fault" role="alert">
          {t('session.refused')}
        </p>
      )}
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
          {error === 'malformed' ? t('session.malformedKey') : error && <FailureReason error={error} />}
        </p>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={isStored}
          onChange={(event) => setStored(event.currentTarget.checked)}
        />
        {t('session.keep')}
      </label>
      <button type="submit" class="primary">
        {t('session.signIn')}
      </button>
    </form>
  )
}
