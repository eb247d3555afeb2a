import { Combobox, type Hit } from '../../components/combobox.tsx'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId } from '../faults.ts'
import { useNames } from '../names.ts'
import { useReportText } from '../searched-texts.ts'
import { HitDetails } from './picked.tsx'

/** The search for the record of a field. A text without a picked record is reported to the form, which then saves nothing. */
export function RecordSearch({
  pointer,
  label,
  resources,
  describedBy,
  isInvalid,
  onPick,
}: {
  /** JSON pointer of the value in the record. */
  pointer: string
  label: string
  /** The resources to search; by default all. */
  resources?: readonly string[] | undefined
  describedBy?: string
  isInvalid: boolean
  onPick: (hit: Hit) => void
}) {
  const { t } = useLanguage()
  const { add } = useNames()
  const onText = useReportText(pointer, label)
  return (
    <Combobox
      label={label}
      id={fieldId(pointer)}
      placeholder={t('edit.anyName')}
      {...(resources && { resources })}
      describedBy={describedBy}
      isInvalid={isInvalid}
      onText={onText}
      onPick={(hit) => {
        add(hit)
        onPick(hit)
      }}
    >
      {(hit) => <HitDetails hit={hit} />}
    </Combobox>
  )
}
