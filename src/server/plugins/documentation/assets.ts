/** Style of the pages of the API reference. */
export const style = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, CanvasText 20%, Canvas); }
body { margin: 0 auto; max-width: 70rem; padding: 0 1rem 3rem; }
nav { display: flex; gap: 1.5rem; padding: 1rem 0; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.6rem; }
summary h2 { display: inline; font-size: 1.1rem; }
details { margin: 0.75rem 0; }
.operations { list-style: none; padding-left: 1rem; }
.method { display: inline-block; min-width: 4.5rem; }
code, pre, textarea { font: 0.9rem/1.45 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: 0.35rem 0.75rem 0.35rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: normal; width: 25%; }
input, select, textarea { box-sizing: border-box; max-width: 100%; min-width: 12rem; font-size: 0.95rem; }
textarea { width: 100%; }
pre { overflow: auto; max-height: 40rem; }
pre:empty { display: none; }
`

/** Script of the pages. It sends the request of the form and shows the response. */
export const script = `const form = document.querySelector('form[data-path]')
const sent = document.querySelector('#sent')
const shown = document.querySelector('#answer')
const key = document.querySelector('#key')

function urlOf() {
  const fields = [...form.querySelectorAll('[data-in]')].filter((field) => field.value !== '')
  const at = (place) => fields.filter((field) => field.dataset.in === place)
  const encode = (text) => encodeURIComponent(text).replaceAll('%2C', ',')
  const path = at('path').reduce((text, field) => text.replace('{' + field.name + '}', encode(field.value)), form.dataset.path)
  const query = at('query').map((field) => field.name + '=' + encode(field.value)).join('&')
  const headers = Object.fromEntries(at('header').map((field) => [field.name, field.value]))
  return { url: query === '' ? path : path + '?' + query, headers }
}

function readable(text, type) {
  if (!/[/+]json$/.test(type)) return text
  return JSON.stringify(JSON.parse(text), null, 2)
}

async function send(event) {
  event.preventDefault()
  const { url, headers } = urlOf()
  const method = form.dataset.method
  const body = form.querySelector('textarea')
  if (key.value !== '') headers.authorization = 'Bearer ' + key.value
  sessionStorage.setItem('key', key.value)
  if (body) headers['content-type'] = body.dataset.type
  sent.textContent = method + ' ' + url
  shown.textContent = ''
  try {
    const started = performance.now()
    const response = await fetch(url, { method, headers, body: body ? body.value : undefined })
    const type = (response.headers.get('content-type') ?? '').split(';')[0]
    const isText = /^text\\/|json$/.test(type)
    const text = isText ? await response.text() : String((await response.blob()).size) + ' bytes'
    const time = Math.round(performance.now() - started)
    sent.textContent += ' — ' + response.status + ' ' + response.statusText + ', ' + time + ' ms'
    shown.textContent = readable(text, type)
  } catch (error) {
    sent.textContent += ' — ' + error
  }
}

async function lookUp(field) {
  const response = await fetch(field.dataset.firstOf + '?limit=1')
  if (!response.ok) return
  const { data } = await response.json()
  if (field.value === '' && data[0]) field.value = data[0][field.name] ?? ''
}

if (form) {
  key.value = sessionStorage.getItem('key') ?? ''
  form.addEventListener('submit', send)
  await Promise.all([...form.querySelectorAll('[data-first-of]')].map(lookUp))
  form.dataset.ready = ''
}
`
