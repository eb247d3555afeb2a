import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../src')

/** Source files by their path below `src`, with their text. */
const files = new Map<string, string>()
beforeAll(async () => {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const file = join(entry.parentPath, entry.name)
    files.set(relative(root, file), await readFile(file, 'utf8'))
  }
})

/** Code without its comments, so that what they speak of is not taken for code. */
const withoutComments = (code: string) => code.replaceAll(/\/\*.*?\*\/|(?<![:'"`])\/\/[^\n]*/gs, '')

/** One import of a file of ours by another. */
interface Import {
  from: string
  to: string
  /** The statement asks for types alone, so that nothing of the file is there when the program runs. */
  kind: 'types' | 'values'
}

const statementForm =
  /\b(?:import|export)\s+(type\s)?[^'"]*?\bfrom\s*'(\.[^']*)'|\bimport\s*\(?\s*'(\.[^']*)'/g

/** The imports of a file's own package: static, dynamic, of types, and exports of what another file has. */
function importsOf(from: string, code: string): Import[] {
  return [...withoutComments(code).matchAll(statementForm)].map(([, type, named, bare]) => ({
    from,
    to: join(dirname(from), named ?? bare ?? ''),
    kind: type === undefined ? 'values' : 'types',
  }))
}

const allImports = () => [...files].flatMap(([file, code]) => importsOf(file, code))

const within = (folder: string) => (file: string) => file.startsWith(`${folder}/`)
const one =
  (...names: string[]) =>
  (file: string) =>
    names.includes(file)

/** What anything may import and what imports nothing itself. */
const leaves = one(
  'startup-error.ts',
  'error-code.ts',
  'package-root.ts',
  'write-secret.ts',
  'server/mistyped.ts',
)

/** What is shared by resources and belongs to none of them. */
const grammar = [
  one('resources/index.ts', 'resources/resource.ts', 'resources/components.ts', 'resources/values.ts'),
  within('resources/parts'),
]

/** What fills the registry from the command line, and is no part of the API. */
const loaders = [within('features/seeding'), within('features/generating')]

/** What the files of a layer may import beside one another. */
interface Layer {
  name: string
  holds: (file: string) => boolean
  mayImport: ((file: string) => boolean)[]
  rule: string
}

const layers: Layer[] = [
  { name: 'leaves', holds: leaves, mayImport: [], rule: 'imports nothing of ours' },
  {
    name: 'problems',
    holds: within('problems'),
    mayImport: [],
    rule: 'imports nothing but problems',
  },
  {
    name: 'config',
    holds: one('config.ts'),
    mayImport: [leaves],
    rule: 'imports nothing but leaves',
  },
  {
    name: 'database',
    holds: within('database'),
    mayImport: [leaves, within('problems'), one('config.ts')],
    rule: 'imports nothing but problems, leaves and the type of the configuration',
  },
  {
    name: 'query',
    holds: within('query'),
    mayImport: [
      leaves,
      within('problems'),
      within('database'),
      one('resources/resource.ts'),
      one('resources/components.ts'),
    ],
    rule: 'imports database, problems and, of the resources, only what a resource is',
  },
  {
    name: 'resources',
    holds: within('resources'),
    mayImport: [leaves, within('problems'), within('database'), within('query')],
    rule: 'knows query, database and problems; no operation and no HTTP',
  },
  {
    name: 'operations',
    holds: within('operations'),
    mayImport: [leaves, ...['problems', 'database', 'query', 'formats'].map(within), ...grammar],
    rule: 'works for any resource, so it names none, and knows no HTTP',
  },
  {
    name: 'features',
    holds: (file) => within('features')(file) && !loaders.some((holds) => holds(file)),
    mayImport: [
      leaves,
      ...['problems', 'database', 'query', 'operations', 'resources', 'formats'].map(within),
    ],
    rule: 'asks of the whole registry or of one resource alone, and knows no HTTP',
  },
  {
    name: 'formats',
    holds: within('formats'),
    mayImport: [leaves, within('problems')],
    rule: 'turns values into the bytes of a file format, and knows neither resources nor HTTP',
  },
  {
    name: 'http',
    holds: within('http'),
    mayImport: [leaves, ...['problems', 'database', 'query', 'operations', 'resources'].map(within)],
    rule: 'imports what is below it; what puts the service together is above',
  },
  {
    name: 'seeding',
    holds: within('features/seeding'),
    mayImport: [leaves, within('problems'), within('database'), within('operations'), ...grammar],
    rule: 'writes as operations do, for any resource, and knows no HTTP',
  },
  {
    name: 'generating',
    holds: within('features/generating'),
    mayImport: [leaves, within('database'), one('query/revisions.ts'), ...grammar],
    rule: 'writes rows into tables, and their history; it knows nothing of what is asked of them',
  },
  {
    name: 'app',
    holds: one('app.ts'),
    mayImport: [
      leaves,
      one(
        'config.ts',
        'database/changes.ts',
        'database/guard.ts',
        'database/keyring.ts',
        'database/settings.ts',
      ),
      within('http'),
      one('operations/index.ts', 'operations/endpoints.ts', 'features/index.ts', 'resources/index.ts'),
    ],
    rule: 'puts the service together from http, the operations and the resources',
  },
  {
    name: 'admin-key',
    holds: one('server/admin-key.ts'),
    mayImport: [leaves, one('config.ts')],
    rule: 'imports nothing but the configuration and leaves',
  },
  {
    name: 'server',
    holds: one('server.ts'),
    mayImport: [
      leaves,
      one('config.ts', 'server/admin-key.ts', 'app.ts'),
      within('database'),
      within('features/seeding'),
    ],
    rule: 'starts the app on a database, and is imported by the command line alone',
  },
  {
    name: 'command line',
    holds: within('cli'),
    mayImport: [leaves, one('config.ts', 'server.ts'), within('problems'), within('database'), ...loaders],
    rule: 'starts what a command needs, and is imported by nothing',
  },
]

const layerOf = (file: string) => layers.find(({ holds }) => holds(file))

describe('imports go from one layer to those below it', () => {
  it('every file belongs to one layer', () => {
    const homeless = [...files.keys()].filter(
      (file) => layers.filter(({ holds }) => holds(file)).length !== 1,
    )
    expect(homeless).toEqual([])
  })

  it('and imports from its own or from one that its layer may use', () => {
    const imports = allImports()
    // If the imports were no longer recognised, nothing could be against the rules.
    expect(imports.length).toBeGreaterThan(200)
    expect(imports.filter(({ to }) => !files.has(to))).toEqual([])
    const forbidden = imports.flatMap(({ from, to }) => {
      const layer = layerOf(from)
      if (!layer || layer.holds(to) || layer.mayImport.some((may) => may(to))) return []
      return [`src/${from} imports src/${to}, but ${layer.name} ${layer.rule}`]
    })
    expect(forbidden).toEqual([])
  })

  it('of the configuration, the database knows only the type', () => {
    const values = allImports().filter(
      ({ from, to, kind }) => within('database')(from) && to === 'config.ts' && kind === 'values',
    )
    expect(values.map(({ from }) => `src/${from} imports values of src/config.ts`)).toEqual([])
  })

  it.each([
    ['operations', 'http/routes.ts', "import { x } from '../http/routes.ts'"],
    ['operations', 'resources/agreements.ts', "import {\n  agreements,\n} from '../resources/agreements.ts'"],
    ['resources', 'operations/list.ts', "import type { List } from '../operations/list.ts'"],
    ['query', 'resources/countries.ts', "export { countries } from '../resources/countries.ts'"],
    ['database', 'query/edtf.ts', "const { findEdtfFault } = await import('../query/edtf.ts')"],
    ['problems', 'startup-error.ts', "import '../startup-error.ts'"],
    ['http', 'app.ts', "import { buildApp } from '../app.ts'"],
  ])(
    'so that a file in %s with an import of %s would be found, however it is written',
    (name, target, code) => {
      const [found] = importsOf(`${name}/new.ts`, code)
      expect(found?.to).toBe(target)
      const layer = layerOf(`${name}/new.ts`)
      expect(layer?.name).toBe(name)
      expect(layer?.holds(target) || layer?.mayImport.some((may) => may(target))).toBe(false)
    },
  )
})

describe('a definition of a resource has no switches', () => {
  it.each([
    ['resources/resource.ts', ['Resource', 'Key', 'Include']],
    ['resources/parts/part.ts', ['ColumnsPart', 'RowsPart']],
    ['query/filters.ts', ['Filter', 'Comparison']],
    ['query/sorts.ts', ['SortKey']],
    ['query/dimensions.ts', ['Dimension', 'Measure']],
    ['query/ties.ts', ['Tie']],
  ])('in %s, no property of %j is true or false', (file, names) => {
    const code = withoutComments(files.get(file) ?? '')
    for (const name of names) {
      const [, body] = new RegExp(`interface ${name}\\b[^{]*\\{(.*?)\\n\\}`, 's').exec(code) ?? []
      expect(body, `interface ${name} in src/${file}`).toMatch(/\w+(\?|\([^)]*\))?:/)
      expect(body, `interface ${name} in src/${file}`).not.toMatch(/\b(boolean|true|false)\b/)
    }
  })
})

it('the environment is read in src/config.ts alone', () => {
  const readers = [...files].filter(([, code]) =>
    /process\s*\??\.\s*env\b|process\s*\[|\benv\b[^\n]*from\s*'(node:)?process'|import\.meta\.env/.test(
      withoutComments(code),
    ),
  )
  expect(readers.map(([file]) => file)).toEqual(['config.ts'])
})
