import { managedProperties } from '../../api/forms.ts'
import type { ResourceDescription } from '../../api/resources.ts'
import type { Names, RecordDocument } from '../../api/types.ts'
import { useApi } from '../../api/use-api.ts'
import { useLanguage } from '../../i18n/language.ts'
import { isUnset } from '../is-unset.ts'
import { Loaded } from '../widget.tsx'
import { diffProperties } from './diff.ts'
import { useMissingNames } from './use-missing-names.ts'
import { PropertyDiffs } from './value-diff.tsx'

interface Revision {
  document: RecordDocument
}

/** The differences between a version of a record and the previous version; for the first version, all properties. */
export function VersionChanges({
  resource,
  path,
  version,
  previousVersion,
  isCurrent,
  names,
}: {
  resource: ResourceDescription
  /** The path of the record in the API. */
  path: string
  version: number
  /** The version before `version`; undefined if `version` is the first. */
  previousVersion: number | undefined
  /** Whether `version` is the current version. */
  isCurrent: boolean
  /** The names of the records to which the current version refers. */
  names: Names
}) {
  const after = useApi<Revision>(`${path}/history/${version}`)
  const before = useApi<Revision>(previousVersion === undefined ? null : `${path}/history/${previousVersion}`)
  const shared = { resource, isCurrent, names }
  return (
    <Loaded state={after} height="3rem">
      {(newer) =>
        previousVersion === undefined ? (
          <Changes {...shared} before={{}} after={newer.document} />
        ) : (
          <Loaded state={before} height="3rem">
            {(older) => <Changes {...shared} before={older.document} after={newer.document} />}
          </Loaded>
        )
      }
    </Loaded>
  )
}

function Changes({
  resource,
  before,
  after,
  isCurrent,
  names,
}: {
  resource: ResourceDescription
  before: RecordDocument
  after: RecordDocument
  isCurrent: boolean
  names: Names
}) {
  const { t } = useLanguage()
  const diffs = diffProperties(before, after).filter(({ name }) => !managedProperties.includes(name))
  const allNames = useMissingNames(
    resource.name,
    names,
    diffs.flatMap((diff) =>
      (isCurrent ? [diff.before] : [diff.before, diff.after])
        .filter((value) => !isUnset(value))
        .map((value) => ({ [diff.name]: value })),
    ),
  )
  if (diffs.length === 0) return <p class="soft">{t('diff.none')}</p>
  return <PropertyDiffs diffs={diffs} properties={resource.properties} names={allNames} />
}
