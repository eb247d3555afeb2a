import { Loaded, Widget } from '../components/widget.tsx'
import { useLoadOnce } from '../editing/use-load-once.ts'
import { useLanguage } from '../i18n/language.ts'
import { DownloadButton } from './download-button.tsx'
import { readMapping } from './mapping-choice.tsx'

/** The text of the mapping of an import, as it was sent. */
export function MappingText({ id, scheme }: { id: string; scheme: string }) {
  const { t } = useLanguage()
  const state = useLoadOnce(() => readMapping(id))
  return (
    <Widget title={t('imports.mappingText')}>
      <Loaded state={state} height="12rem">
        {(mapping) => <pre class="mapping-text">{mapping}</pre>}
      </Loaded>
      <div class="toolbar pages">
        <DownloadButton path={`/v1/imports/${id}/mapping.yaml`} name={`${scheme}.yaml`} />
      </div>
    </Widget>
  )
}
