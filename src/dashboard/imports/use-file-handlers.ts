import type { TargetedEvent } from 'preact/compat'
import { useRef } from 'preact/hooks'

type Handler = (event: TargetedEvent<HTMLInputElement>) => void

/**
 * Returns the event handlers of a file input. They call `onFiles` when the user has chosen other files than before, or the same
 * file again, whose content may have changed. If the same file is chosen again, Chromium sends `cancel` instead of `change`, but
 * the input has a new `File`.
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
