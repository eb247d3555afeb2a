import { testGenerators } from './generator.ts'

const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'

testGenerators(
  {
    name: 'Java',
    folder: 'java',
    tools: [
      ['javac', '-version'],
      ['mvn', '--version'],
    ],
    install: [['mvn', '-B', '-q', copyDependencies, '-DoutputDirectory=target/lib']],
  },
  [
    {
      name: 'openapi-generator 7.25.0 (native)',
      generate: [['mvn', '-B', '-q', 'generate-sources']],
      compile: [['mvn', '-B', '-q', 'compile']],
      run: ['java', '-cp', 'target/classes:target/lib/*', 'Scenario'],
      remark:
        '`-Xlint:all`; `useSingleRequestParameter`, since lists have many parameters, and `containerDefaultToNull`',
    },
  ],
)
