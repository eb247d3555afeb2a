import { useEffect, useMemo, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import type { ImportJob } from '../api/types.ts'
import { newIdempotencyKey } from '../api/write-api.ts'
import { PageHead } from '../components/page-head.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { Widget } from '../components/widget.tsx'
import { useLeaveGuard } from '../editing/use-leave-guard.ts'
import { useLanguage } from '../i18n/language.ts'
import { FileFields } from '../imports/file-fields.tsx'
import { ImportsLink, importPath } from '../imports/import-table.tsx'
import { MappingChoice, readMapping } from '../imports/mapping-choice.tsx'
import { MappingEditor } from '../imports/mapping-editor.tsx'
import { mappingTemplate } from '../imports/mapping-template.ts'
import { PreviewPanel } from '../imports/preview-panel.tsx'
import { sendFiles } from '../imports/send-files.ts'
import { useMapping } from '../imports/use-mapping.ts'
import { type ImportInput, mappingFaultsOf, toFormData, usePreview } from '../imports/use-preview.ts'
import { refetchViews } from '../session.ts'
import { useNavigateWhileMounted } from '../use-navigate-while-mounted.ts'
import { useParameters } from '../use-parameters.ts'
import '../styles/forms.css'
import '../styles/imports.css'

/** Takes the files and the mapping of an import, shows a preview of the first rows, and starts the dry run. */
export default function NewImportView() {
  const { t } = useLanguage()
  return (
    <RequireRight right="write">
      <PageHead above={<ImportsLink />} title={t('imports.new')}>
        <p>{t('imports.newLead')}</p>
      </PageHead>
      <NewImport />
    </RequireRight>
  )
}

/**
 * Sends the mapping and the files of an import.
 * @param idempotencyKey must be the same when the same input is sent again, so that only one import is created.
 * @returns the created import.
 * @throws ApiError like `sendFiles`, with all faults that the service found; another error when the response is not JSON.
 */
async function startImport(input: ImportInput, idempotencyKey: string): Promise<ImportJob> {
  const response = await sendFiles('/v1/imports', {
    method: 'POST',
    headers: { accept: 'application/json', 'idempotency-key': idempotencyKey },
    body: toFormData(input),
  })
  refetchViews()
  // Tests validate the responses of the service against the OpenAPI document.
  return (await response.json()) as ImportJob
}

function NewImport() {
  const { t } = useLanguage()
  const navigate = useNavigateWhileMounted()
  const [parameters] = useParameters()
  const from = parameters.get('from')
  const mapping = useMapping()
  const [file, setFile] = useState<File>()
  const [companions, setCompanions] = useState<readonly File[]>([])
  const [isSending, setSending] = useState(false)
  const [failure, setFailure] = useState<{ input: ImportInput; error: ApiError }>()
  const input = useMemo(() => ({ mapping: mapping.text, file, companions }), [mapping.text, file, companions])
  const idempotencyKey = useMemo(newIdempotencyKey, [input])
  const state = usePreview(input)
  useLeaveGuard(mapping.text !== '')
  useEffect(() => {
    if (from !== null) void mapping.choose(() => readMapping(from))
  }, [from])
  const columns = state.preview?.columns ?? []
  const start = async () => {
    setSending(true)
    setFailure(undefined)
    try {
      navigate(importPath((await startImport(input, idempotencyKey)).id))
    } catch (thrown) {
      setFailure({ input, error: toApiError(thrown) })
      setSending(false)
    }
  }
  return (
    <div class="stack">
      <div class="stack" inert={isSending}>
        <Widget title={t('imports.step.files')} caption={t('imports.filesCaption')}>
          <FileFields onFile={setFile} onCompanions={setCompanions} />
        </Widget>
        <Widget title={t('imports.step.mapping')} caption={t('imports.mappingCaption')}>
          <MappingChoice
            template={file && columns.length > 0 ? mappingTemplate(file.name, columns) : undefined}
            mapping={mapping}
          />
          <MappingEditor
            value={mapping.text}
            faults={mappingFaultsOf(input, state)}
            onChange={mapping.write}
          />
        </Widget>
      </div>
      <Widget title={t('imports.step.preview')} caption={t('imports.previewCaption')}>
        <PreviewPanel
          input={input}
          state={state}
          isSending={isSending}
          error={failure?.input === input ? failure.error : undefined}
          onStart={() => void start()}
        />
      </Widget>
    </div>
  )
}
