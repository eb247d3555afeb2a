import { suggestEdtf } from '../../../suggest-edtf.ts'
import { isComposing } from '../../components/is-composing.ts'
import { describeEdtf, isEdtf } from '../../dates/describe-edtf.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId } from '../faults.ts'
import { type FieldProps, LabelledInput, useInputAttributes } from './labelled.tsx'

/** Examples of EDTF dates of different precision. */
const examples = ['2011-04-26', '2011-04', '2011', '201X', '2011-04~', '2011?', '2011-04/2013', '2011/..']

/**
 * An input for an EDTF date, with its meaning in words below. A date in common notation is converted to EDTF when the input
 * loses the focus, and before Enter submits the form.
 */
export function DateField({ field, value, pointer, onChange }: FieldProps) {
  const language = useLanguage()
  const { t } = language
  const attributes = useInputAttributes(pointer, field.isRequired)
  const text = typeof value === 'string' ? value : ''
  const description = describeEdtf(text.trim(), language)
  const suggestion = description || text.trim() === '' ? undefined : suggestEdtf(text, language.tag, isEdtf)
  const convert = () => suggestion && onChange(suggestion)
  const readingId = `${fieldId(pointer)}-reading`
  return (
    <LabelledInput field={field} pointer={pointer} help={<Examples />}>
      <input
        {...attributes}
        aria-describedby={`${readingId} ${attributes['aria-describedby']}`}
        type="text"
        value={text}
        placeholder="2011-04"
        onInput={(event) => onChange(event.currentTarget.value)}
        onBlur={convert}
        onKeyDown={(event) => event.key === 'Enter' && !isComposing(event) && convert()}
      />
      <p id={readingId} class="reading small" aria-live="polite">
        {description && (
          <>
            <strong>{description.text}</strong>{' '}
            {description.days && <span class="soft">{description.days}</span>}
          </>
        )}
        {suggestion && t('edtf.becomes', { date: suggestion })}
        {!description && !suggestion && text.trim() !== '' && t('edtf.notRead')}
      </p>
    </LabelledInput>
  )
}

/** The examples, each with its meaning. */
function Examples() {
  const language = useLanguage()
  return (
    <details>
      <summary>{language.t('edtf.help')}</summary>
      <dl class="edtf-examples small">
        {examples.map((example) => (
          <div key={example}>
            <dt>
              <code>{example}</code>
            </dt>
            <dd>{formatEdtf(example, language)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
