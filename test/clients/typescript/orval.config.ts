import { defineConfig } from 'orval'

export default defineConfig({
  registry: {
    input: 'openapi.json',
    output: {
      target: 'generated/orval.ts',
      client: 'fetch',
      override: { mutator: { path: 'orval-fetch.ts', name: 'registryFetch' } },
    },
  },
})
