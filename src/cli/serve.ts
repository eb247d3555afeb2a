import type { AddCommand } from './context.ts'

/** `entente serve` starts the service. It creates and seeds the database first if there is none. */
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
