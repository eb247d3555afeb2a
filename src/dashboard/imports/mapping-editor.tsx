import { useId, useRef, useState } from 'preact/hooks'
import { ServiceText } from '../components/service-text.tsx'
import { useLanguage } from '../i18n/language.ts'
import type { MappingFault } from './use-preview.ts'

/** Minimum number of lines of the editor. */
const minLines = 14

/** Returns the start and end offsets of a line. @param line from 1. */
function lineRange(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0)
  return [start, start + (lines[line - 1]?.length ?? 0)]
}

/**
 * A text editor for a mapping, with line numbers. Faults are shown at the ends of their lines and in a list, where a click
 * selects the line. The editor is as high as its text, so that it has no vertical scroll bar.
 */
export function MappingEditor({
  value,
  faults,
  onChange,
}: {
  value: string
  faults: readonly MappingFault[]
  onChange: (value: string) => void
}) {
  const { t } = useLanguage()
  const id = useId()
  const input = useRef<HTMLTextAreaElement>(null)
  const [scrollLeft, setScrollLeft] = useState(0)
  const lines = value.split('\n')
  const count = Math.max(minLines, lines.length + 1)
  const faulty = new Set(faults.map(({ line }) => line))
  const goTo = (line: number) => {
    const { current } = input
    if (!current) return
    // Its own value has no CRLF, which `value` may have.
    const [start, end] = lineRange(current.value, line)
    current.focus()
    current.setSelectionRange(start, end)
  }
  return (
    <div class="mapping">
      <label for={id} class="label">
        {t('imports.mappingText')}
      </label>
      <div class="editor">
        <div class="gutter" aria-hidden="true">
          {Array.from({ length: count }, (_, index) => (
            <span key={index} class={faulty.has(index + 1) ? 'faulty' : undefined}>
              {index + 1}
            </span>
          ))}
        </div>
        <div class="text">
          <textarea
            id={id}
            ref={input}
            rows={count}
            wrap="off"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            aria-describedby={`${id}-hint ${id}-faults`}
            aria-invalid={faults.length > 0}
            value={value}
            onInput={(event) => onChange(event.currentTarget.value)}
            onScroll={(event) => setScrollLeft(event.currentTarget.scrollLeft)}
          />
          <div class="line-faults" aria-hidden="true">
            {faults.map(({ line, message }) =>
              line === null ? null : (
                <span
                  key={`${line}${message}`}
                  style={{
                    top: `calc(${line - 1} * 1lh)`,
                    left: `calc(${lines[line - 1]?.length ?? 0}ch + 2ch - ${scrollLeft}px)`,
                  }}
                >
                  <ServiceText text={message} />
                </span>
              ),
            )}
          </div>
        </div>
      </div>
      <p id={`${id}-hint`} class="soft small">
        {t('imports.mappingHint')} <a href="/v1/imports/mapping-schema">{t('imports.mappingSchema')}</a>
      </p>
      <ul id={`${id}-faults`} class="faults-of-lines" aria-live="polite">
        {faults.map(({ line, message }) => (
          <li key={`${line}${message}`} class="fault">
            {line === null ? (
              <ServiceText text={message} />
            ) : (
              <button type="button" class="link" onClick={() => goTo(line)}>
                {t('imports.lineFault', { line })}
                <ServiceText text={message} />
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
