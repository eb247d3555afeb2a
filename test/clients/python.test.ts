import { python } from './generators.ts'
import { testGenerators } from './test-generators.ts'

testGenerators(python)
