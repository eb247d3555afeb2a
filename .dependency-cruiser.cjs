// Which layer may import which. `npm run check` enforces this. Imports go one way:
// cli -> server -> features -> operations -> query -> model -> database -> problems; resources import model and database.

/** Small files without imports of ours, which every layer may use. */
const leaves =
  'src/(error-code|operator-error|package-root|time-slice|view-data|view-paths|write-secret)\\.ts$'

/** The command line. */
const cli = 'src/cli/'

/** A layer imports its own files, the leaves, and what is listed. */
const layer = (name, folders, mayImport, severity = 'error') => ({
  name,
  comment: `${folders} may import ${mayImport.join(', ') || 'nothing else'}.`,
  severity,
  from: { path: `^src/(${folders})/` },
  to: { path: '^src/', pathNot: [`^src/(${[folders, ...mayImport].join('|')})/`, `^${leaves}`] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Files that import one another in a circle can only be understood together. Types alone may.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-package',
      comment: 'What src imports must be in the dependencies of package.json.',
      severity: 'error',
      // The build puts what the dashboard imports into its files.
      from: { path: '^src/', pathNot: '^src/dashboard/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    layer('problems', 'problems', []),
    layer('formats', 'formats', ['problems']),
    layer('database', 'database', ['problems']),
    layer('model', 'model', ['database', 'problems']),
    layer('query', 'query', ['model', 'database', 'problems']),
    layer('resources', 'resources', ['model', 'database', 'problems']),
    layer('operations', 'operations', ['query', 'model', 'database', 'problems', 'formats']),
    layer('features', 'features', [
      ...['operations', 'query', 'model', 'resources', 'database', 'formats', 'problems'],
    ]),
    {
      name: 'server',
      comment: 'The server knows no command.',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: `^${cli}` },
    },
    {
      name: 'dashboard',
      comment: 'The dashboard runs in browsers and knows the public API alone.',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { path: '^src/', pathNot: ['^src/dashboard/', `^${leaves}`] },
    },
    {
      name: 'not-dashboard',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/dashboard/' },
      to: { path: '^src/dashboard/' },
    },
    {
      name: 'leaves',
      severity: 'error',
      from: { path: `^${leaves}` },
      to: { path: '^src/' },
    },

    {
      name: 'registry',
      comment: 'Nothing but the registry imports a resource.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/resources/' },
      to: { path: '^src/resources/', pathNot: '^src/resources/(registry|index)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
}
