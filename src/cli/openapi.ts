import { access, constants, lstat, realpath, stat, writeFile } from 'node:fs/promises'
import { errorCode } from '../error-code.ts'
import { failure } from '../operational-error.ts'
import { replaceFile } from '../replace-file.ts'
import { type AddCommand, parseFileName } from './context.ts'

/** `entente openapi` writes the OpenAPI document, without a database. */
export const addOpenApi: AddCommand = (program, context) => {
  program
    .command('openapi')
    .description('write the OpenAPI document as JSON')
    .option('--out <file>', 'the file to write; without it, the document is printed', parseFileName)
    .action(async ({ out }: { out?: string }) => {
      const [{ openApiDocument }, { registry }] = await Promise.all([
        import('../server/openapi/document.ts'),
        import('../resources/registry.ts'),
      ])
      const text = JSON.stringify(openApiDocument(registry))
      if (out === undefined) await context.print(text)
      else
        await writeDocument(out, text).catch((error: unknown) => {
          throw failure(`the document cannot be written to ${out}`, error)
        })
    })
}

/** Codes of errors that do not concern the file itself. */
const cannotReplace = new Set<unknown>(['EACCES', 'EPERM', 'EBUSY', 'EXDEV', 'EROFS'])

/**
 * Writes a file. If this fails, as on a full disk, a former file remains unchanged, unless it cannot be replaced and is
 * overwritten. Writes directly to anything that is not a regular file, such as `/dev/stdout` or a link to a missing file,
 * instead of replacing it.
 * @throws an error of the system, also if the former file is write-protected.
 */
async function writeDocument(path: string, text: string): Promise<void> {
  const former = await stat(path).catch(() => undefined)
  const entry = former ?? (await lstat(path).catch(() => undefined))
  if (entry && !entry.isFile()) return writeFile(path, text)
  const file = former ? await realpath(path) : path
  if (former) await access(file, constants.W_OK)
  try {
    await replaceFile(file, text, { mode: former?.mode })
  } catch (error) {
    // The folder is read-only, or the file is a mount point, which cannot be replaced.
    if (!former || !cannotReplace.has(errorCode(error))) throw error
    await writeFile(file, text)
  }
}
