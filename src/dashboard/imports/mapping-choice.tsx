import { useId } from 'preact/hooks'
import { sendRequest } from '../api/client.ts'
import { withQuery } from '../api/path.ts'
import type { ImportJob, Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { FailureReason } from '../components/service-text.tsx'
import { useLanguage } from '../i18n/language.ts'
import { readText } from './send-files.ts'
import { useFileHandlers } from './use-file-handlers.ts'
import type { EditedMapping } from './use-mapping.ts'

/** Maximum number of imports that are read. The mapping of the latest import of each register is offered. */
const maxImports = 200

/** The labels of the built-in mappings, by name. The name is sent instead of the text of the mapping. */
const builtIn: Readonly<Record<string, string>> = { iati: 'IATI' }

/** Returns the latest import of each register, which has its newest mapping. @param jobs newest first. */
const latestByScheme = (jobs: readonly ImportJob[]): ImportJob[] => [
  ...new Map([...jobs].reverse().map((job) => [job.scheme, job])).values(),
]

/** Reads the mapping of an import as YAML. @throws ApiError like `sendRequest`; another error when the response is incomplete. */
export async function readMapping(id: string): Promise<string> {
  const response = await sendRequest(`/v1/imports/${id}/mapping.yaml`, {})
  return response.text()
}

/**
 * Offers sources of a mapping: a mapping file, built-in mappings, earlier imports, and a template from the columns of the
 * file with the rows.
 */
export function MappingChoice({
  template,
  mapping: { error, choose },
}: {
  /** A first draft of a mapping; undefined while the columns of the file are unknown. */
  template: string | undefined
  mapping: EditedMapping
}) {
  const { t } = useLanguage()
  const id = useId()
  const fileHandlers = useFileHandlers(([file]) => file && void choose(() => readText(file)))
  const state = useApi<Page<ImportJob>>(withQuery('/v1/imports', { limit: maxImports }), {
    requireFresh: true,
  })
  return (
    <div class="fields">
      <div class="field">
        <label for={`${id}-file`}>{t('imports.mappingFile')}</label>
        <input id={`${id}-file`} type="file" accept=".yaml,.yml,.json" {...fileHandlers} />
      </div>
      <div class="field">
        <label for={`${id}-earlier`}>{t('imports.earlier')}</label>
        <select
          id={`${id}-earlier`}
          value=""
          onChange={(event) => {
            const { value } = event.currentTarget
            // If the user does not let the chosen mapping replace the written one, the list must not show the chosen one.
            event.currentTarget.value = ''
            if (value !== '') void choose(() => (Object.hasOwn(builtIn, value) ? value : readMapping(value)))
          }}
        >
          <option value="">{t('imports.choose')}</option>
          <optgroup label={t('imports.builtIn')}>
            {Object.entries(builtIn).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </optgroup>
          <optgroup label={t('imports.title')}>
            {latestByScheme(state.body?.data ?? []).map(({ id: key, scheme, files }) => (
              <option key={key} value={key}>
                {`${scheme} (${files[0]?.name ?? ''})`}
              </option>
            ))}
          </optgroup>
        </select>
        {state.error && (
          <p class="fault">
            {t('state.failed')}
            <FailureReason error={state.error} />{' '}
            <button type="button" class="link" onClick={state.retry}>
              {t('state.retry')}
            </button>
          </p>
        )}
      </div>
      <div class="field">
        <span class="label">{t('imports.fromColumns')}</span>
        <button
          type="button"
          disabled={template === undefined}
          onClick={() => template !== undefined && void choose(() => template)}
        >
          {t('imports.template')}
        </button>
      </div>
      <p role="alert" class="fault">
        {error && (
          <>
            {t('state.failed')}
            <FailureReason error={error} />
          </>
        )}
      </p>
    </div>
  )
}
