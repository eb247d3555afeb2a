import { type AddCommand, openAndMigrateDatabase, parseFileName } from './context.ts'
import { writeNewFile } from './new-file.ts'
import { describeSpeed } from './speed.ts'

/** `entente seal` prints or writes a seal: one hash of all changes in the feed, which the operator can publish. */
export const addSeal: AddCommand = (program, context) => {
  program
    .command('seal')
    .description(
      'compute one hash of all changes in the feed, as JSON to publish; `entente verify` checks the feed against it',
    )
    .option('--out <file>', 'the file to write; without it, the seal is printed', parseFileName)
    .action(async ({ out }: { out?: string }) => {
      const database = await openAndMigrateDatabase(context)
      const { formatSeal, makeSeal } = await import('../features/integrity/seal.ts')
      const startedAt = performance.now()
      let speed = ''
      const sealFeed = async (write: (text: string) => Promise<void>) => {
        const seal = await makeSeal(database)
        await write(formatSeal(seal))
        speed = describeSpeed(seal.count, performance.now() - startedAt)
      }
      if (out === undefined) {
        await sealFeed((text) => context.print(text.trimEnd()))
        context.printNote(`Sealed ${speed}.`)
        return
      }
      await writeNewFile(context, { path: out, noun: 'the seal' }, sealFeed)
      await context.print(`Sealed ${speed}: ${out}`)
    })
}
