import { go } from './generators.ts'
import { testGenerators } from './test-generators.ts'

for (const language of go) testGenerators(language)
