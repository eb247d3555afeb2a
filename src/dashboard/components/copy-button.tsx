import { useEffect, useState } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'

/** Copies a text by selecting it in a temporary field. Returns whether the browser has copied it. */
function copySelection(text: string): boolean {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.className = 'visually-hidden'
  document.body.append(field)
  field.focus({ preventScroll: true })
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  return isCopied
}

/**
 * Copies a text to the clipboard. Over plain HTTP, browsers have no `navigator.clipboard`, and in a frame they may refuse to
 * write to it.
 * @returns whether the text was copied.
 */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelection(text)
  }
}

const selectAll = (field: HTMLTextAreaElement | null) => field?.select()

/** How long a button says that it has copied its text. */
const copiedMs = 5000

/**
 * A button that copies a text, and then says so for a short time, unless the text changes earlier. If the browser does not allow
 * copying, a field below the button shows the text selected, so that the user can copy it.
 */
export function CopyButton({
  label,
  isDisabled = false,
  getText,
}: {
  label: string
  isDisabled?: boolean
  /** Returns the text that a click copies. Later renders call it, too, to see whether the text has changed. */
  getText: () => string
}) {
  const { t } = useLanguage()
  const [copiedText, setCopiedText] = useState<string>()
  const [uncopiedText, setUncopiedText] = useState<string>()
  const isCopied = copiedText !== undefined && copiedText === getText()
  useEffect(() => {
    if (copiedText === undefined) return
    const timer = setTimeout(() => setCopiedText(undefined), copiedMs)
    return () => clearTimeout(timer)
  }, [copiedText])
  const onClick = async () => {
    const text = getText()
    const isDone = await copy(text)
    setCopiedText(isDone ? text : undefined)
    setUncopiedText(isDone ? undefined : text)
  }
  return (
    <>
      <button type="button" disabled={isDisabled} onClick={onClick}>
        {isCopied ? t('explore.copied') : label}
      </button>
      <span class="visually-hidden" role="status">
        {isCopied && t('explore.copied')}
      </span>
      {uncopiedText !== undefined && (
        <label class="stack">
          {t('explore.copyByHand')}
          <textarea readOnly value={uncopiedText} ref={selectAll} />
        </label>
      )}
    </>
  )
}
