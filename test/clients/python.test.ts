import { testGenerators } from './generator.ts'

const python = 'venv/bin/python'

testGenerators(
  {
    name: 'Python',
    folder: 'python',
    tools: [['python3', '-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)']],
    install: [
      ['python3', '-m', 'venv', 'venv'],
      [python, '-m', 'pip', 'install', '--quiet', '--requirement', 'requirements.txt'],
    ],
  },
  [
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
      run: [python, 'scenario.py'],
      remark:
        '`mypy --strict` except for the generated `client.py`; names of parameters include the operator, such as `signed_ongte`',
    },
  ],
)
