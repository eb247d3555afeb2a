import { testGenerators } from './generator.ts'

testGenerators(
  {
    name: 'TypeScript',
    folder: 'typescript',
    tools: [['npm', '--version']],
    install: [['npm', 'ci', '--no-audit', '--no-fund']],
  },
  [
    {
      name: 'openapi-typescript 7.13.0, openapi-fetch 0.17.0',
      generate: [['npx', 'openapi-typescript', 'openapi.json', '-o', 'generated/openapi-typescript.ts']],
      compile: [['npx', 'tsc', '-p', 'tsconfig.openapi-fetch.json']],
      run: ['npx', 'tsx', 'openapi-fetch.ts'],
      remark: '`strict`, `exactOptionalPropertyTypes`',
    },
    {
      name: '@hey-api/openapi-ts 0.95.0',
      generate: [['npx', 'openapi-ts']],
      compile: [['npx', 'tsc', '-p', 'tsconfig.hey-api.json']],
      run: ['npx', 'tsx', 'hey-api.ts'],
      remark: '`strict`; the generated files do not compile with `exactOptionalPropertyTypes`',
    },
    {
      name: 'orval 7.13.2 (fetch)',
      generate: [['npx', 'orval', '--config', 'orval.config.ts']],
      compile: [['npx', 'tsc', '-p', 'tsconfig.orval.json']],
      run: ['npx', 'tsx', 'orval.ts'],
      remark:
        '`strict`, `exactOptionalPropertyTypes`; `orval-fetch.ts` reads responses that are files, such as CSV, which the generated client would parse as JSON; cannot upload the file of an import',
    },
  ],
)
