// Which layer may import which. `npm run check` enforces this. Imports go one way:
// cli -> server -> features -> operations -> query -> model -> database -> problems. In addition, cli, server, features and operations
// may import formats, formats may import problems, and resources may import model, database and problems.

/** Small files that import nothing from src. Every layer may import them; the dashboard only three of them. */
const leaves =
  'src/(error-code|error-message|format-count|group-by|operational-error|package-root|replace-file|suggest-edtf|time-slice|view-data|view-paths|wording)\\.ts$'

/** Returns the rule of a layer, a folder of `src`: it may import its own files, the leaves, and the folders in `mayImport`. */
const layer = (name, mayImport) => ({
  name,
  comment: `${name} may import ${['the leaves', ...mayImport].join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [`^src/(${[name, ...mayImport].join('|')})/`, `^${leaves}`] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'Files that import each other in a cycle cannot be understood alone. Type imports may form cycles.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-package',
      comment: 'What src imports must be in the dependencies of package.json.',
      severity: 'error',
      // The build bundles the packages that the dashboard imports.
      from: { path: '^src/', pathNot: '^src/dashboard/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    layer('problems', []),
    layer('formats', ['problems']),
    layer('database', ['problems']),
    layer('model', ['database', 'problems']),
    layer('query', ['model', 'database', 'problems']),
    layer('resources', ['model', 'database', 'problems']),
    layer('operations', ['query', 'model', 'database', 'problems', 'formats']),
    layer('features', ['operations', 'query', 'model', 'resources', 'database', 'formats', 'problems']),
    {
      name: 'server',
      comment: 'The server imports nothing from the command line.',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'dashboard',
      comment: 'The dashboard runs in browsers, and reaches the service only through the public API.',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { path: '^src/', pathNot: ['^src/dashboard/', '^src/(suggest-edtf|view-data|view-paths)\\.ts$'] },
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
      comment: 'Only the registry imports the declarations of resources.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/resources/' },
      to: { path: '^src/resources/', pathNot: '^src/resources/registry\\.ts$' },
    },
    {
      name: 'unregistered',
      comment: 'A declaration in src/resources takes effect only in the list of src/resources/index.ts.',
      severity: 'error',
      from: { path: '^src/resources/registry\\.ts$' },
      to: { path: '^src/resources/', reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
}
