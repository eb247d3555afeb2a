import { parseArgs } from 'node:util'
import { environment, readConfig } from './config.ts'
import { type OnClose, openDatabase } from './database/open.ts'
import { didYouMean, suggest } from './problems/suggest.ts'
import { StartupError } from './startup-error.ts'

/** Whether a command has done its work, or has started something that goes on until the process is told to stop. */
export type Outcome = 'done' | 'running'

interface Command {
  usage: string
  summary: string
  /** `words` are what follows the command's name. */
  run(words: string[], onClose: OnClose): Promise<Outcome>
}

const sets = ['all', 'reference'] as const

const commands: Record<string, Command> = {
  serve: {
    usage: 'serve',
    summary: 'start the service; this is what no command at all does too',
    async run(words, onClose) {
      expectNone(words)
      const config = readConfig()
      const { serve } = await import('./server.ts')
      await serve(config, onClose)
      return 'running'
    },
  },
  migrate: {
    usage: 'migrate',
    summary: "bring the database's schema up to date, and stop",
    async run(words, onClose) {
      expectNone(words)
      const pool = await openDatabase(readConfig(), onClose)
      const { migrate } = await import('./database/migrate.ts')
      await migrate(pool)
      console.log('The schema is up to date.')
      return 'done'
    },
  },
  seed: {
    usage: 'seed [all|reference]',
    summary: 'bring the schema up to date, add the records that are missing of a set, and stop',
    async run([word = 'all', ...more], onClose) {
      expectNone(more)
      const set = sets.find((candidate) => candidate === word)
      if (!set) throw new StartupError(`there is no set '${word}'${didYouMean(word, sets)}`)
      const pool = await openDatabase(readConfig(), onClose)
      const [{ migrate }, { withLock }, { seed }] = await Promise.all([
        import('./database/migrate.ts'),
        import('./database/lock.ts'),
        import('./seeding/seed.ts'),
      ])
      await migrate(pool)
      const { created, present } = await withLock(pool, 'seed', () => seed(pool, set))
      console.log(`${created} records created, ${present} already present.`)
      return 'done'
    },
  },
  help: {
    usage: 'help',
    summary: 'show this',
    async run() {
      console.log(help())
      return 'done'
    },
  },
}

/** Runs the command that the words after the program's name ask for. Throws a StartupError for an unknown one. */
export async function runCommand(args: string[], onClose: OnClose): Promise<Outcome> {
  const { values, positionals } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  })
  const { help = false, ...unknown } = values
  for (const option of Object.keys(unknown)) throw new StartupError(unknownOption(option))
  const [name = 'serve', ...words] = help ? ['help'] : positionals
  const command = commands[name]
  if (!command)
    throw new StartupError(`there is no command '${name}'${didYouMean(name, Object.keys(commands))}`)
  return command.run(words, onClose)
}

function unknownOption(option: string): string {
  const variable = suggest(option.toUpperCase(), Object.keys(environment.shape))
  const hint = variable
    ? `did you mean the environment variable ${variable}?`
    : "'entente help' shows them all"
  return `there is no option '${option.length === 1 ? '-' : '--'}${option}': settings are environment variables; ${hint}`
}

function expectNone(words: string[]): void {
  if (words.length > 0)
    throw new StartupError(
      `unexpected '${words.join(' ')}' after the command; 'entente help' shows what it takes`,
    )
}

function help(): string {
  const lines = Object.values(commands).map(({ usage, summary }) => `  ${usage.padEnd(22)}${summary}`)
  const variables = Object.entries(environment.shape).map(
    ([name, { description = '' }]) => `  ${name.padEnd(22)}${description}`,
  )
  return ['Usage: entente [command]', '', ...lines, '', 'Environment variables:', '', ...variables].join('\n')
}
