import { type Command, type Language, testGenerators } from './generator.ts'

const oapiCodegen = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'
const ogen = 'github.com/ogen-go/ogen/cmd/ogen@v1.24.0'

/** Each generator has a folder, since its client is a module with its own requirements. */
const go = (folder: string): Language => ({
  name: 'Go',
  folder,
  tools: [['go', 'version']],
  install: [['mkdir', 'registry']],
})

const compile: Command[] = [
  ['go', 'vet', '.'],
  ['go', 'build', '-o', 'scenario-program', '.'],
]

testGenerators(go('go'), [
  {
    name: 'oapi-codegen 2.8.2',
    generate: [['go', 'run', oapiCodegen, '-config', 'oapi-codegen.yaml', 'openapi.json']],
    compile,
    run: ['./scenario-program'],
    remark: '`go vet`; parameters with several values are slices, such as `[]string`',
  },
])

testGenerators(go('go-ogen'), [
  {
    name: 'ogen 1.24.0',
    generate: [['go', 'run', ogen, '--target', 'registry', '--package', 'registry', 'openapi.json']],
    compile,
    run: ['./scenario-program'],
    remark:
      '`go vet`; 8 MB of code; refuses files whose `Content-Type` is not that of the OpenAPI document; `main.go` replaces it',
  },
])
