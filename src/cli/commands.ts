import { parseArgs } from 'node:util'
import { environment, readConfig } from '../config.ts'
import { type OnClose, openDatabase } from '../database/open.ts'
import { didYouMean, suggest } from '../problems/suggest.ts'
import { StartupError } from '../startup-error.ts'
import { readKeyRequest, runKeyRequest, type Texts } from './key.ts'

/** Whether a command has done its work, or has started something that goes on until the process is told to stop. */
export type Outcome = 'done' | 'running'

interface Command {
  usage: string
  summary: string
  /** Options that it takes, each with a whole number. */
  options?: readonly string[]
  /** Options that it takes, each with a text. */
  texts?: readonly string[]
  /** `words` are what follows the command's name. */
  run(words: string[], onClose: OnClose, options: Options, texts: Texts): Promise<Outcome>
}

type Options = Readonly<Record<string, number>>

const sets = ['all', 'reference'] as const

const commands: Record<string, Command> = {
  serve: {
    usage: 'serve',
    summary: 'start the service; this is what no command at all does too',
    async run(words, onClose) {
      expectNone(words)
      const config = readConfig()
      const { serve } = await import('../server.ts')
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
      const { migrate } = await import('../database/migrate.ts')
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
        import('../database/migrate.ts'),
        import('../database/lock.ts'),
        import('../features/seeding/seed.ts'),
      ])
      await migrate(pool)
      const { created, present } = await withLock(pool, 'seed', () => seed(pool, set))
      console.log(`${created} records created, ${present} already present.`)
      return 'done'
    },
  },
  generate: {
    usage: 'generate --agreements <n> [--seed <n>]',
    summary: 'add so many made-up agreements and what comes of them, to try the registry at size',
    options: ['agreements', 'seed'],
    async run(words, onClose, { agreements, seed: number = 1 }) {
      expectNone(words)
      if (!agreements) throw new StartupError('say how many: entente generate --agreements 1000000')
      const pool = await openDatabase(readConfig(), onClose)
      const [{ migrate }, { withLock }, { seed }, { generate }] = await Promise.all([
        import('../database/migrate.ts'),
        import('../database/lock.ts'),
        import('../features/seeding/seed.ts'),
        import('../features/generating/generate.ts'),
      ])
      await migrate(pool)
      await withLock(pool, 'seed', async () => {
        await seed(pool, 'reference')
        await generate(pool, agreements, number)
      })
      console.log(`${agreements} agreements generated, with what comes of them.`)
      return 'done'
    },
  },
  key: {
    usage: 'key create|list|revoke …',
    summary:
      'manage keys: create --name <name> --role <reader|editor|admin> [--expires <day>]; revoke <prefix or id>',
    texts: ['name', 'role', 'expires'],
    async run(words, onClose, _options, texts) {
      const request = readKeyRequest(words, texts)
      const pool = await openDatabase(readConfig(), onClose)
      const { migrate } = await import('../database/migrate.ts')
      await migrate(pool)
      console.log(await runKeyRequest(request, pool))
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

const known = Object.values(commands).flatMap(({ options = [], texts = [] }) => [...options, ...texts])

/** Runs the command that the words after the program's name ask for. Throws a StartupError for an unknown one. */
export async function runCommand(args: string[], onClose: OnClose): Promise<Outcome> {
  const { values, positionals } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(known.map((option) => [option, { type: 'string' as const }])),
    },
  })
  const { help = false, ...options } = values
  const [name = 'serve', ...words] = help ? ['help'] : positionals
  const command = commands[name]
  if (!command)
    throw new StartupError(`there is no command '${name}'${didYouMean(name, Object.keys(commands))}`)
  const { texts = [] } = command
  const isText = ([option]: [string, unknown]) => texts.includes(option)
  return command.run(
    words,
    onClose,
    readOptions(without(options, isText), command.options ?? []),
    readTexts(without(options, (entry) => !isText(entry))),
  )
}

const without = <T>(options: Record<string, T>, which: (entry: [string, T]) => boolean) =>
  Object.fromEntries(Object.entries(options).filter((entry) => !which(entry)))

/** The texts of a command's options. Throws a StartupError for those that are given without one. */
function readTexts(given: Record<string, unknown>): Texts {
  return Object.fromEntries(
    Object.entries(given).map(([option, text]) => {
      if (typeof text !== 'string' || text === '') throw new StartupError(`--${option} needs a text after it`)
      return [option, text]
    }),
  )
}

/** The numbers of a command's options. Throws a StartupError for those that it does not take. */
function readOptions(given: Record<string, unknown>, taken: readonly string[]): Options {
  return Object.fromEntries(
    Object.entries(given).map(([option, text]) => {
      if (!taken.includes(option)) throw new StartupError(unknownOption(option))
      if (typeof text !== 'string' || !/^[1-9]\d{0,8}$/.test(text))
        throw new StartupError(`--${option} must be a whole number from 1 to 999999999`)
      return [option, Number(text)]
    }),
  )
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
  const lines = Object.values(commands).map(({ usage, summary }) => `  ${usage.padEnd(40)}${summary}`)
  const variables = Object.entries(environment.shape).map(
    ([name, { description = '' }]) => `  ${name.padEnd(22)}${description}`,
  )
  return ['Usage: entente [command]', '', ...lines, '', 'Environment variables:', '', ...variables].join('\n')
}
