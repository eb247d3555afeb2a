import { Command, CommanderError } from 'commander'
import { OperationalError } from '../operational-error.ts'
import { packageVersion } from '../package-root.ts'
import { suggest } from '../problems/suggest.ts'
import { environment } from '../server/config.ts'
import { toOperationalError } from './command-error.ts'
import type { AddCommand, CommandContext } from './context.ts'
import { addExport } from './export.ts'
import { addGenerate } from './generate.ts'
import { addImport } from './import.ts'
import { addKey } from './key.ts'
import { addMigrate } from './migrate.ts'
import { addOpenApi } from './openapi.ts'
import { addRecompose } from './recompose.ts'
import { addRestore } from './restore.ts'
import { addSeal } from './seal.ts'
import { addSeed } from './seed.ts'
import { addServe } from './serve.ts'
import { addVerify } from './verify.ts'

/** Every command, in the order of the help. */
const commands: readonly AddCommand[] = [
  addServe,
  addMigrate,
  addSeed,
  addImport,
  addGenerate,
  addRecompose,
  addKey,
  addExport,
  addRestore,
  addSeal,
  addVerify,
  addOpenApi,
]

/**
 * Runs the command that the arguments name, or `serve` if there are none.
 * @throws OperationalError if the arguments are wrong or the command fails for a known reason; other errors of the command.
 */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<void> {
  let help = ''
  try {
    const program = buildProgram(context, (text) => {
      help += text
    })
    await program.parseAsync(args.length > 0 ? args : ['serve'], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw toOperationalError(error, context.config)
    // commander reports help and the version as errors with exit code 0.
    if (error.exitCode !== 0) throw new OperationalError(usageMessage(error, args))
    await context.print(help.trimEnd())
  }
}

function buildProgram(context: CommandContext, writeOut: (text: string) => void): Command {
  const program = new Command('entente')
    .description('A registry of international science and technology cooperation, as a REST API.')
    .version(packageVersion, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help, or the help of a command')
    .helpCommand('help [command]', 'print this help, or the help of a command')
    .addHelpText('after', environmentHelp())
    .configureOutput({ writeOut, writeErr: () => {} })
    .exitOverride()
  for (const addCommand of commands) addCommand(program, context)
  return program
}

function environmentHelp(): string {
  const entries = Object.entries(environment.shape)
  const width = Math.max(...entries.map(([name]) => name.length)) + 2
  const lines = entries.map(([name, { description = '' }]) => `  ${name.padEnd(width)}${description}`)
  return ['', "Without a command, 'serve' runs.", '', 'Environment variables:', ...lines].join('\n')
}

const helpHint = "'entente help' shows all commands, and 'entente help COMMAND' explains one"

/**
 * Returns commander's message as one line. If commander only shows help, the line says that a command is missing or unknown. For
 * an unknown option, the line may suggest an environment variable.
 */
function usageMessage({ code, message }: CommanderError, args: readonly string[]): string {
  if (code === 'commander.help')
    return `a command is missing or unknown in 'entente ${args.join(' ')}'; ${helpHint}`
  const line = message.replace(/^error: /, '').replaceAll('\n', ' ')
  if (code === 'commander.unknownCommand' && !line.endsWith('?)')) return `${line}; ${helpHint}`
  if (code !== 'commander.unknownOption') return line
  const [, option = ''] = /'--?([^'=]+)/.exec(message) ?? []
  const variable = suggest(option.toUpperCase(), Object.keys(environment.shape))
  if (!variable) return line
  return `${line}; settings are environment variables: did you mean the environment variable ${variable}?`
}
