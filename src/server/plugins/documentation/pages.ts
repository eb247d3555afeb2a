import { STATUS_CODES } from 'node:http'
import { escapeHtml, inlineHtml } from '../../../formats/html.ts'
import { operatorMeanings } from '../../../model/filters.ts'
import { capitalize } from '../../../wording.ts'
import {
  type ApiDescription,
  type DescribedOperation,
  type DescribedParameter,
  type DescribedSchema,
  referencedName,
  resolveSchema,
} from './api-description.ts'
import { blocksHtml, pageHtml } from './html.ts'

/** Renders the pages of the API reference on the server. */

const methodHtml = ({ method, path }: DescribedOperation) =>
  `<b class="method">${method}</b> <code>${escapeHtml(path)}</code>`

const operationItem = (operation: DescribedOperation) =>
  `<li><a href="/docs/operations/${operation.operationId}">${methodHtml(operation)}</a> ${escapeHtml(operation.summary)}</li>`

/** Returns the page with all operations by tag, in the order of the document. The first tag is open. */
export function indexPage({ description, tags, operations }: ApiDescription): string {
  const sections = tags.map(({ name, description: about }, index) => {
    const items = operations.filter(({ tags: [tag] }) => tag === name).map(operationItem)
    return `<details${index === 0 ? ' open' : ''}><summary><h2>${escapeHtml(name)}</h2> ${inlineHtml(about)}</summary><ul class="operations">${items.join('')}</ul></details>`
  })
  return pageHtml('Operations', `${sections.join('')}<h2>About</h2>${blocksHtml(description)}`)
}

/** Returns the initial value of a parameter's field. Optional parameters start empty, so that they change nothing. */
function initialValue({ required, schema }: DescribedParameter, api: ApiDescription): string {
  if (required !== true) return ''
  const item = resolveSchema(schema.items ?? schema, api)
  const [value = ''] = item.examples ?? item.enum ?? []
  return String(value === '' && item.type === 'integer' ? 1 : value)
}

function inputHtml(
  parameter: DescribedParameter,
  api: ApiDescription,
  collectionPath: string | undefined,
): string {
  const { name, in: place, required, schema } = parameter
  const resolved = resolveSchema(schema, api)
  const words = resolved.type === 'boolean' ? ['true', 'false'] : resolved.enum
  const attributes = `name="${escapeHtml(name)}" data-in="${place}" aria-label="${escapeHtml(name)}"${required ? ' required' : ''}`
  const value = initialValue(parameter, api)
  if (words) {
    const options = [...(required ? [] : ['']), ...words]
    return `<select ${attributes}>${options.map((word) => `<option${word === value ? ' selected' : ''}>${escapeHtml(word)}</option>`).join('')}</select>`
  }
  // The script of the page fills the field with the key of the first record of the collection.
  const lookUp =
    place === 'path' && value === '' && collectionPath ? ` data-first-of="${escapeHtml(collectionPath)}"` : ''
  return `<input ${attributes} value="${escapeHtml(value)}"${lookUp}>`
}

/** Returns the description of a parameter, or else the meaning of its operator. */
function describeParameter({ name, description }: DescribedParameter): string {
  const [, operator] = /\[(\w+)\]$/.exec(name) ?? []
  const meaning = Object.entries(operatorMeanings).find(([known]) => known === operator)?.[1]
  return description ?? (meaning === undefined ? '' : `${capitalize(meaning)}.`)
}

/** Returns the type of a parameter's values, as a link if it is a named schema, and how several values are sent. */
function typeHtml({ schema, explode }: DescribedParameter): string {
  const inner = schema.items ?? schema
  const name = referencedName(inner)
  const kind = name === undefined ? escapeHtml(String(inner.format ?? inner.type ?? '')) : schemaLink(name)
  if (schema.type !== 'array') return kind
  return `${kind}, ${explode === false ? 'separated by commas' : 'with the name repeated for each value'}`
}

const schemaLink = (name: string) => `<a href="/docs/schemas/${name}">${name}</a>`

function parameterTable(
  parameters: DescribedParameter[],
  api: ApiDescription,
  collectionPath: string | undefined,
) {
  const rows = parameters.map(
    (parameter) =>
      `<tr><th scope="row"><code>${escapeHtml(parameter.name)}</code>${parameter.required ? ' <em>required</em>' : ''}</th><td>${inputHtml(parameter, api, collectionPath)}</td><td>${inlineHtml(describeParameter(parameter))} <small>${typeHtml(parameter)}</small></td></tr>`,
  )
  return `<table>${rows.join('')}</table>`
}

function bodyHtml({ requestBody }: DescribedOperation, api: ApiDescription): string {
  const [found] = Object.entries(requestBody?.content ?? {})
  if (!found) return ''
  const [type, { schema = {}, example }] = found
  const shown = example ?? resolveSchema(schema, api).examples?.[0]
  const text = typeof shown === 'string' ? shown : shown === undefined ? '' : JSON.stringify(shown, null, 2)
  const name = referencedName(schema)
  return `<h2>Body</h2><p><code>${type}</code> ${name === undefined ? '' : schemaLink(name)}</p><textarea data-type="${type}" aria-label="Body" rows="${Math.min(30, text.split('\n').length + 1)}" spellcheck="false">${escapeHtml(text)}</textarea>`
}

function responseRow(status: string, { description, content = {} }: DescribedOperation['responses'][string]) {
  const bodies = Object.entries(content).map(([type, { schema }]) => {
    const name = schema && referencedName(schema)
    return `<code>${type}</code>${name === undefined ? '' : ` ${schemaLink(name)}`}`
  })
  const meaning = STATUS_CODES[status] ?? ''
  return `<tr><th scope="row">${status} ${meaning}</th><td>${inlineHtml(description)}</td><td>${bodies.join(' ')}</td></tr>`
}

/** Returns the page of an operation: its parameters and responses, with a form that sends the request. */
export function operationPage(operation: DescribedOperation, api: ApiDescription): string {
  const { method, path, summary, description, parameters, responses } = operation
  const collection = path.includes('{') ? path.slice(0, path.indexOf('/{')) : undefined
  // Often used parameters come first, since there are many operators and headers.
  const isCommon = ({ name, in: place, required }: DescribedParameter) =>
    required === true || (place !== 'header' && !name.includes('['))
  const others = parameters.filter((parameter) => !isCommon(parameter))
  const makeTable = (shown: DescribedParameter[]) => parameterTable(shown, api, collection)
  const more =
    others.length === 0
      ? ''
      : `<details><summary>Operators and headers (${others.length})</summary>${makeTable(others)}</details>`
  const content = `<p>${methodHtml(operation)}</p><p>${inlineHtml(description)}</p>
<form data-method="${method}" data-path="${escapeHtml(path)}"><h2>Parameters</h2>${makeTable(parameters.filter(isCommon))}${more}${bodyHtml(operation, api)}
<p><label>Key <input type="password" id="key" autocomplete="off"></label> <button>Send</button></p></form>
<output><p id="sent"></p><pre id="answer" tabindex="0"></pre></output>
<h2>Responses</h2><table>${Object.entries(responses)
    .map(([status, response]) => responseRow(status, response))
    .join('')}</table>`
  return pageHtml(summary, content)
}

/** Returns the page of a schema: its JSON, in which references are links. */
export function schemaPage(name: string, schema: DescribedSchema): string {
  const text = escapeHtml(JSON.stringify(schema, null, 2)).replaceAll(
    /#\/components\/schemas\/(\w+)/g,
    '<a href="/docs/schemas/$1">$1</a>',
  )
  return pageHtml(name, `<pre>${text}</pre>`)
}
