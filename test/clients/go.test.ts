import { goGroups } from './generators.ts'
import { testGenerators } from './test-generators.ts'

for (const group of goGroups) testGenerators(group)
