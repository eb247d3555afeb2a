import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: folder('.'),
  build: {
    outDir: folder('../../dist/dashboard'),
    emptyOutDir: true,
    // The content security policy does not allow data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/docs', '/openapi', '/readyz', '/metrics'].map((path) => [path, 'http://127.0.0.1:3000']),
    ),
  },
})
