import { useLabels } from '../i18n/labels.ts'

/** Marks an internal record, which only users with a role see. Shows nothing for a public one. */
export function InternalTag({ visibility }: { visibility: unknown }) {
  const labels = useLabels()
  return visibility === 'internal' ? <span class="tag warn">{labels.word('internal')}</span> : null
}
