import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type ApiError, sendRequest, toApiError } from '../api/client.ts'
import { saveFile } from '../api/save-file.ts'
import { isEmbedded } from '../embed.ts'
import { useLanguage } from '../i18n/language.ts'
import { useSession } from '../session.ts'
import { FailureReason } from './service-text.tsx'

/**
 * A link to a file. A signed-in user gets a button instead, which requests the file with the user's key, since a link cannot
 * send the key. The file then contains internal records, like the page.
 */
export function FileLink({
  href,
  name,
  opensInBrowser = false,
  children,
}: {
  href: string
  /** The name of the saved file, used if the response suggests none. */
  name: string
  /**
   * Whether the link opens the file in the browser. If the page is in a frame, the link opens a new window, since the frame
   * cannot show the file. The button of a signed-in user always saves the file.
   */
  opensInBrowser?: boolean
  children: ComponentChildren
}) {
  const { session } = useSession()
  if (session)
    return (
      <SaveButton href={href} name={name}>
        {children}
      </SaveButton>
    )
  return (
    <a
      class="button no-print"
      href={href}
      download={opensInBrowser ? undefined : name}
      target={isEmbedded && opensInBrowser ? '_blank' : undefined}
    >
      {children}
    </a>
  )
}

/** A button that requests a file with the key, and saves it. While the request runs, the button cancels it. */
export function SaveButton({
  href,
  name,
  children,
}: {
  href: string
  name: string
  children: ComponentChildren
}) {
  const { t, tag } = useLanguage()
  const running = useRef<AbortController>()
  // After signing out or leaving the view, nothing more is saved.
  useEffect(() => () => running.current?.abort(), [])
  const [state, setState] = useState<{ isRunning: boolean; error?: ApiError }>({ isRunning: false })
  const save = async () => {
    const controller = new AbortController()
    running.current = controller
    setState({ isRunning: true })
    try {
      const headers = { 'accept-language': tag }
      const response = await sendRequest(href, { headers, signal: controller.signal })
      await saveFile(response, name)
      setState({ isRunning: false })
    } catch (error) {
      if (controller.signal.aborted) setState({ isRunning: false })
      else setState({ isRunning: false, error: toApiError(error) })
    }
  }
  const { isRunning, error } = state
  return (
    <>
      <button
        type="button"
        class="no-print"
        aria-busy={isRunning}
        onClick={() => (isRunning ? running.current?.abort() : save())}
      >
        {children}
        {isRunning && ` – ${t('file.cancel')}`}
      </button>
      {error && (
        <span class="refused small" role="alert">
          {t('state.failed')}
          <FailureReason error={error} />
        </span>
      )}
    </>
  )
}
