import type { AddCommand } from './context.ts'

/**
 * `entente serve` starts the service, updates the schema, and fills an empty registry as `SEED` says. Without `DATABASE_URL`,
 * it uses the embedded database, and creates this database if it does not exist yet.
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
