import { typescript } from './generators.ts'
import { testGenerators } from './test-generators.ts'

testGenerators(typescript)
