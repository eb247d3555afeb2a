import type { TargetedEvent } from 'preact/compat'
import { useRef } from 'preact/hooks'

type Handler = (event: TargetedEvent<HTMLInputElement>) => void

/**
 * Returns the event handlers of a file input, which report other files and changed files. If the same file is chosen again,
 * Chromium sends `cancel` instead of `change`, even if its content has changed; the input then has a new `File`.
 */
export function useFileHandlers(onFiles: (files: readonly File[]) => void): {
  onChange: Handler
  onCancel: Handler
} {
  const last = useRef<readonly File[]>([])
  const report: Handler = ({ currentTarget }) => {
    const files = [...(currentTarget.files ?? [])]
    if (files.length === last.current.length && files.every((file, index) => file === last.current[index]))
      return
    last.current = files
    onFiles(files)
  }
  return { onChange: report, onCancel: report }
}
