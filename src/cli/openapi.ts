import { writeFile } from 'node:fs/promises'
import { failure } from '../operational-error.ts'
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
        await writeFile(out, text).catch((error: unknown) => {
          throw failure(`the document cannot be written to ${out}`, error)
        })
    })
}
