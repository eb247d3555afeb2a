import { useRef } from 'preact/hooks'
import { Combobox } from '../../components/combobox.tsx'
import type { Hit } from '../../components/hit-details.tsx'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId, useOutdateFaults } from '../faults.ts'
import { useNames } from '../names.ts'
import { useReportText } from '../searched-texts.ts'

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
  describedBy: string | undefined
  isInvalid: boolean
  onPick: (hit: Hit) => void
}) {
  const { t } = useLanguage()
  const { add } = useNames()
  const reportText = useReportText(pointer, label)
  const outdateFaults = useOutdateFaults()
  const hadText = useRef(false)
  return (
    <Combobox
      label={label}
      id={fieldId(pointer)}
      placeholder={t('edit.anyName')}
      {...(resources && { resources })}
      describedBy={describedBy}
      isInvalid={isInvalid}
      onText={(text) => {
        // Otherwise, the fault that a text is only a search would stay.
        if (text === '' && hadText.current) outdateFaults(pointer)
        hadText.current = text !== ''
        reportText(text)
      }}
      onPick={(hit) => {
        add(hit)
        onPick(hit)
      }}
    />
  )
}
