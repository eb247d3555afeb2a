import { testGenerators } from './generator.ts'

const oapiCodegen = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'

testGenerators(
  {
    name: 'Go',
    folder: 'go',
    tools: [['go', 'version']],
    install: [['mkdir', 'registry']],
  },
  [
    {
      name: 'oapi-codegen 2.8.2',
      generate: [['go', 'run', oapiCodegen, '-config', 'oapi-codegen.yaml', 'openapi.json']],
      compile: [
        ['go', 'vet', '.'],
        ['go', 'build', '-o', 'scenario-program', '.'],
      ],
      run: ['./scenario-program'],
      remark: '`go vet`; parameters with several words are `[]string`',
    },
  ],
)
