import type { AddCommand } from './context.ts'

/**
 * `entente serve` starts the service. It creates the embedded database if there is none, updates the schema, and fills an empty
 * registry as `SEED` says.
 */
export const addServe: AddCommand = (program, context) => {
  program
    .command('serve')
    .description('start the service; the default command')
    .action(async () => {
      const config = context.config()
      const { serve } = await import('../server/start.ts')
      await serve(config, context)
      context.markServing()
    })
}
