/** The generators of clients that `npm run test:clients` tests, and that docs/clients.md lists. */

/** A command with its arguments. All commands except `tools` run in a copy of the folder of their group. */
export type Command = [program: string, ...args: string[]]

/** A generator of clients, and how its client is generated, compiled and run. */
export interface Generator {
  /** Name and version. */
  name: string
  generate: Command[]
  compile: Command[]
  run: Command
  /** The strict options with which the client compiles. */
  checks: string
  /** Weaknesses of the generator, or what its configuration corrects; may be empty. */
  remark: string
}

/** Generators for one language that share a folder. */
export interface GeneratorGroup {
  /** Name of the language. */
  language: string
  /** The folder beside this file with the configurations and the program. */
  folder: string
  /** Commands that check whether the tools of the language are installed. */
  tools: Command[]
  /** Commands that prepare the folder, such as by installing what the clients need. */
  prepare: Command[]
  generators: Generator[]
}

/** Each generator for Go is a group with its own folder, since its client is a module with its own requirements. */
const goGroup = (folder: string, generator: Omit<Generator, 'compile' | 'run'>): GeneratorGroup => ({
  language: 'Go',
  folder,
  tools: [['go', 'version']],
  prepare: [['mkdir', 'registry']],
  generators: [
    {
      ...generator,
      compile: [
        ['go', 'vet', '.'],
        ['go', 'build', '-o', 'scenario-program', '.'],
      ],
      run: ['./scenario-program'],
    },
  ],
})

const oapiCodegen = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'
const ogen = 'github.com/ogen-go/ogen/cmd/ogen@v1.24.0'

export const goGroups: GeneratorGroup[] = [
  goGroup('go', {
    name: 'oapi-codegen 2.8.2',
    generate: [['go', 'run', oapiCodegen, '-config', 'oapi-codegen.yaml', 'openapi.json']],
    checks: '`go vet`',
    remark: 'parameters with several values are slices, such as `[]string`',
  }),
  goGroup('go-ogen', {
    name: 'ogen 1.24.0',
    generate: [['go', 'run', ogen, '--target', 'registry', '--package', 'registry', 'openapi.json']],
    checks: '`go vet`',
    remark:
      '8 MB of code; refuses files whose `Content-Type` is not that of the OpenAPI document, so `main.go` sets it',
  }),
]

const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'

export const java: GeneratorGroup = {
  language: 'Java',
  folder: 'java',
  tools: [
    ['javac', '-version'],
    ['mvn', '--version'],
  ],
  prepare: [['mvn', '-B', '-q', copyDependencies, '-DoutputDirectory=target/lib']],
  generators: [
    {
      name: 'openapi-generator 7.25.0 (native)',
      generate: [['mvn', '-B', '-q', 'generate-sources']],
      compile: [['mvn', '-B', '-q', 'compile']],
      run: ['java', '-cp', 'target/classes:target/lib/*', 'Scenario'],
      checks: '`-Xlint:all`',
      remark:
        '`pom.xml` sets `useSingleRequestParameter`, since lists have many parameters, and `containerDefaultToNull`, so that absent lists are null, not empty',
    },
  ],
}

const interpreter = 'venv/bin/python'

export const python: GeneratorGroup = {
  language: 'Python',
  folder: 'python',
  tools: [['python3', '-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)']],
  prepare: [
    ['python3', '-m', 'venv', 'venv'],
    [interpreter, '-m', 'pip', 'install', '--quiet', '--requirement', 'requirements.txt'],
  ],
  generators: [
    {
      name: 'openapi-python-client 0.29.1',
      generate: [
        [
          'venv/bin/openapi-python-client',
          'generate',
          '--path',
          'openapi.json',
          '--meta',
          'none',
          '--fail-on-warning',
          '--config',
          'config.yaml',
        ],
      ],
      compile: [['venv/bin/mypy', 'scenario.py', 'entente_client']],
      run: [interpreter, 'scenario.py'],
      checks: '`mypy --strict`, except for the generated `client.py`',
      remark: 'names of parameters include the operator, such as `signed_ongte`',
    },
  ],
}

export const typescript: GeneratorGroup = {
  language: 'TypeScript',
  folder: 'typescript',
  tools: [['npm', '--version']],
  prepare: [['npm', 'ci', '--no-audit', '--no-fund']],
  generators: [
    {
      name: '@hey-api/openapi-ts 0.95.0',
      generate: [['npx', 'openapi-ts']],
      compile: [['npx', 'tsc', '-p', 'tsconfig.hey-api.json']],
      run: ['npx', 'tsx', 'hey-api.ts'],
      checks: '`strict`',
      remark: 'the generated files do not compile with `exactOptionalPropertyTypes`',
    },
    {
      name: 'openapi-typescript 7.13.0, openapi-fetch 0.17.0',
      generate: [['npx', 'openapi-typescript', 'openapi.json', '-o', 'generated/openapi-typescript.ts']],
      compile: [['npx', 'tsc', '-p', 'tsconfig.openapi-fetch.json']],
      run: ['npx', 'tsx', 'openapi-fetch.ts'],
      checks: '`strict`, `exactOptionalPropertyTypes`',
      remark: '',
    },
    {
      name: 'orval 7.13.2 (fetch)',
      generate: [['npx', 'orval', '--config', 'orval.config.ts']],
      compile: [['npx', 'tsc', '-p', 'tsconfig.orval.json']],
      run: ['npx', 'tsx', 'orval.ts'],
      checks: '`strict`, `exactOptionalPropertyTypes`',
      remark:
        '`orval-fetch.ts` reads responses that are files, such as CSV, which the generated client would parse as JSON; cannot send NDJSON to `POST …/import`',
    },
  ],
}

/** All groups, in alphabetical order of their languages. */
export const generatorGroups: readonly GeneratorGroup[] = [...goGroups, java, python, typescript]
