import { java } from './generators.ts'
import { testGenerators } from './test-generators.ts'

testGenerators(java)
