import { readFile, stat } from 'node:fs/promises'
import { decodeUtf8 } from '../../../model/characters.ts'
import { limitParameter } from '../../../model/parameters.ts'
import { getLimit } from '../../../model/query-string.ts'
import type { Registry } from '../../../model/registry.ts'
import { ConcurrencyLimiter } from '../../../operations/concurrency.ts'
import {
  acceptLanguage,
  contentLanguage,
  languageParameter,
  withLanguageHeaders,
} from '../../../operations/language.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { Problem } from '../../../problems/problem.ts'
import { checkFileName } from '../files.ts'
import { maxMappingLength } from '../mapping/index.ts'
import { type PreviewInput, previewImport } from '../preview.ts'
import { baseContract, tag } from './contract.ts'
import { type LocalPart, withLocalParts } from './local-upload.ts'
import { maxPreviewBytes, previewSchema, previewToJson, previewUpload } from './preview-contract.ts'
import { checkListCount, isUpload } from './upload.ts'

/** The number of rows that are shown. */
const rowLimit = { defaultSize: 10, maxSize: 50 } as const

/** Maximum size of a mapping, in bytes. A character has up to four. */
const maxMappingBytes = maxMappingLength * 4

/** Maximum duration of a preview after its upload, in milliseconds. Reading the first rows of a file takes less. */
const timeoutMs = 20_000

async function readMapping({ path }: LocalPart): Promise<string> {
  const { size } = await stat(path)
  if (size > maxMappingBytes)
    throw new Problem('too-large', `The mapping has more than ${maxMappingLength} characters.`)
  const text = decodeUtf8(await readFile(path))
  if (text === undefined) throw new Problem('invalid-body', 'The mapping is not UTF-8 text.')
  return text
}

/** Reads the input of a preview from the parts of an upload. @throws Problem `invalid-body` or `too-large`. */
async function readInput(parts: readonly LocalPart[]): Promise<PreviewInput> {
  const findParts = (field: string) => parts.filter((part) => part.field === field)
  const unknown = parts.find(({ field }) => !['mapping', 'file', 'list'].includes(field))
  if (unknown)
    throw new Problem(
      'invalid-body',
      `There is no part "${unknown.field}". The parts are mapping, file and list.`,
    )
  const [mapping, ...others] = findParts('mapping')
  const [file, ...files] = findParts('file')
  if (!mapping) throw new Problem('invalid-body', 'The part mapping is missing.')
  if (others.length > 0 || files.length > 0)
    throw new Problem(
      'invalid-body',
      'The parts mapping and file can be sent only once; send code lists as parts named list.',
    )
  const lists = findParts('list')
  checkListCount(lists.length)
  for (const { field, name } of file ? [file, ...lists] : lists) checkFileName(name, `/${field}`)
  return { mapping: await readMapping(mapping), file, companionFiles: lists }
}

/** `POST /v1/imports/preview` */
export const previewEndpoint = (registry: Registry): Endpoint => {
  const previews = new ConcurrencyLimiter('previews', { maxTotal: 4, maxPerClient: 2 })
  return {
    method: 'POST',
    path: '/v1/imports/preview',
    tag,
    contract: {
      ...baseContract,
      operationId: 'previewImport',
      summary: 'Preview an import',
      description:
        'Shows what a mapping makes of the first rows of a file, as a dry run would, and the faults of the mapping, by line. Nothing is stored. Without a file, the mapping alone is checked. For a large file, send the beginning; an XLSX file must be whole.',
      cost: 5,
      query: { limit: limitParameter('Rows to show', rowLimit), ...languageParameter('the names') },
      headers: [acceptLanguage],
      body: {
        mediaTypes: ['multipart/form-data'],
        schema: () => previewUpload,
        example: { mapping: 'scheme: …', file: 'Id,Title…' },
      },
      responses: {
        200: {
          description: 'The preview.',
          schema: () => previewSchema,
          headers: { 'content-language': contentLanguage },
        },
      },
      problems: ['invalid-body', 'unreadable-file', 'busy'],
    },
    async handle({ body, query, client, language, getAbortSignal }, { database }) {
      if (!isUpload(body)) throw new Problem('invalid-body', 'The body must be multipart/form-data.')
      const limit = getLimit(query, rowLimit)
      const release = previews.acquire(client)
      try {
        const preview = await withLocalParts(body, maxPreviewBytes, async (parts) => {
          const input = await readInput(parts)
          // The upload itself may take longer, up to `REQUEST_SECONDS`.
          const timeout = AbortSignal.timeout(timeoutMs)
          const signal = AbortSignal.any([getAbortSignal(), timeout])
          return previewImport({ database, registry, language, signal }, input, limit).catch(
            (error: unknown) => {
              if (!timeout.aborted) throw error
              const detail = `The first rows could not be read within ${timeoutMs / 1000} seconds.`
              throw new Problem('unreadable-file', detail, { cause: error })
            },
          )
        })
        return withLanguageHeaders({ status: 200, headers: {}, body: previewToJson(preview) }, language)
      } finally {
        release()
      }
    },
  }
}
