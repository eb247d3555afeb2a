import { escapeHtml, inlineHtml } from '../../../formats/html.ts'

/** Returns the paragraphs and lists of a Markdown text as HTML. */
export const blocksHtml = (markdown: string): string =>
  markdown
    .split('\n\n')
    .map((block) =>
      block.startsWith('- ')
        ? `<ul>${block
            .split('\n')
            .map((item) => `<li>${inlineHtml(item.slice(2))}</li>`)
            .join('')}</ul>`
        : `<p>${inlineHtml(block)}</p>`,
    )
    .join('')

/** Returns a whole page of the API reference. @param content HTML of its main part. */
export const pageHtml = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} · Entente API</title><link rel="stylesheet" href="/docs/style.css"><script type="module" src="/docs/script.js"></script></head><body><nav><a href="/docs">Entente API</a> <a href="/openapi.json">openapi.json</a> <a href="/openapi.yaml">openapi.yaml</a></nav><main><h1>${escapeHtml(title)}</h1>${content}</main></body></html>`
