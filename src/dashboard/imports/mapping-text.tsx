import { SaveButton } from '../components/file-link.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { useLoadOnce } from '../editing/use-load-once.ts'
import { useLanguage } from '../i18n/language.ts'
import { readMapping } from './mapping-choice.tsx'

/** The text of the mapping of an import, as it was sent. If only the name of a built-in mapping was sent, its text. */
export function MappingText({ id, scheme }: { id: string; scheme: string }) {
  const { t } = useLanguage()
  const state = useLoadOnce(() => readMapping(id))
  return (
    <Widget title={t('imports.mappingText')}>
      <Loaded state={state} height="12rem">
        {(mapping) => <pre class="mapping-text">{mapping}</pre>}
      </Loaded>
      <div class="toolbar pages">
        <SaveButton href={`/v1/imports/${id}/mapping.yaml`} name={`${scheme}.yaml`}>
          {t('imports.download', { name: `${scheme}.yaml` })}
        </SaveButton>
      </div>
    </Widget>
  )
}
