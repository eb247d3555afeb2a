import type { ComponentChildren } from 'preact'
import { Redirect } from 'wouter-preact'
import { type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import type { RecordDocument } from '../api/types.ts'

/**
 * Shows the content of a record's view. If the URL has the key of a record that was merged into `record`, redirects to the
 * same view of `record`.
 */
export function RedirectIfMerged({
  resource,
  record,
  recordKey,
  view = '',
  children,
}: {
  resource: ResourceDescription
  /** The record that was read; undefined for a new one. */
  record: RecordDocument | undefined
  /** The key in the URL. */
  recordKey: string | undefined
  /** The part of the URL's path after the key. */
  view?: '' | '/edit' | '/merge' | '/redact'
  children: ComponentChildren
}) {
  const ownKey = record && String(record[resource.key])
  if (ownKey === undefined || ownKey === recordKey) return <>{children}</>
  const { search, hash } = location
  return <Redirect to={`${recordDetailPath(resource.name, ownKey)}${view}${search}${hash}`} replace />
}
