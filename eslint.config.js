import importX from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'

/** Which folders a folder may import from, besides itself and packages. CONTRIBUTING.md says what each is for. */
const layers = {
  'mesh-core/ir': [],
  'mesh-core/time': ['mesh-core/ir'],
  'mesh-core/config': ['mesh-core/ir'],
  'mesh-core/match': ['mesh-core/ir'],
  'mesh-core/envoy': ['mesh-core/match', 'mesh-core/ir', 'mesh-core/config/duration.ts'],
  'mesh-core/registry': ['mesh-core/config', 'mesh-core/ir'],
  'mesh-core/lua': [],
  'mesh-core/analyze': ['mesh-core/registry', 'mesh-core/config', 'mesh-core/ir'],
  'mesh-core/compile': ['mesh-core/registry', 'mesh-core/config', 'mesh-core/envoy', 'mesh-core/lua', 'mesh-core/ir'],
  'mesh-core/cover': ['mesh-core/match', 'mesh-core/ir'],
  'mesh-core/advise': ['mesh-core'],
  'mesh-core/identity': ['mesh-core/ir'],
  'mesh-core/dataplane': ['mesh-core/match', 'mesh-core/lua', 'mesh-core/time', 'mesh-core/registry', 'mesh-core/ir'],
  'mesh-core': [],
  wire: ['mesh-core/ir'],
  samples: ['mesh-core/ir', 'mesh-core/identity', 'wire'],
  support: ['mesh-core', 'wire', 'samples'],
  steps: ['support'],
  reports: ['support/verdicts/verdict.ts', 'support/runs/secrets.ts', 'support/package.ts'],
  cli: ['mesh-core', 'samples', 'support', 'reports'],
}

const zones = Object.entries(layers).map(([target, open]) => ({
  target: `./${target}`,
  from: '.',
  // An error names its code and its place the same way everywhere.
  except: [target, ...open, 'mesh-core/config/errors.ts', 'node_modules'],
  message: `${target} may import ${open.length > 0 ? open.join(', ') : 'nothing of ours outside itself'}: imports go one way.`,
}))

const targets = ['core', 'envoy', 'cluster']

/** What several targets need stands in `deployment`; none reaches into another. */
const betweenTargets = targets.map((target) => ({
  target: `./support/targets/${target}`,
  from: './support/targets',
  except: [target, 'deployment', './target.ts', './target.suite.ts', './define-target.ts', './load.ts'],
  message: 'A target imports no other target.',
}))

const ambient = 'comes in as a parameter (Clock, Random): a run with the same seed gives the same bytes.'

export default tseslint.config(
  { ignores: ['.cache/', 'dist/', 'node_modules/', 'reports/out/', 'samples/init/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // A Kubernetes object is data of any shape until `kinds.ts` narrows it.
      '@typescript-eslint/no-explicit-any': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.suite.ts'],
    plugins: { 'import-x': importX },
    rules: { 'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: [...zones, ...betweenTargets] }] },
  },
  {
    files: ['**/*.test.ts'],
    ignores: ['**/*.alone.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.object.name="vi"][callee.property.name=/^(do)?mock$/i]',
          message: 'Other files are tested in the same module graph: *.alone.test.ts has one of its own.',
        },
      ],
    },
  },
  {
    files: ['mesh-core/**/*.ts'],
    ignores: ['**/*.test.ts', 'mesh-core/time/wall-clock.ts', 'mesh-core/time/virtual-clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: `Time ${ambient}` },
        { object: 'performance', property: 'now', message: `Time ${ambient}` },
        { object: 'Math', property: 'random', message: `Chance ${ambient}` },
      ],
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({ name, message: `Time ${ambient}` })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: `Time ${ambient}` },
        { selector: ':matches(NewExpression, CallExpression)[callee.name="RegExp"]', message: "Patterns that users write are RE2's: use re2js." },
      ],
      'no-restricted-imports': ['error', { patterns: [{ group: ['@cucumber/*', 'supertest', 'commander'], message: 'mesh-core is usable alone.' }] }],
    },
  },
  {
    files: ['mesh-core/**/*.ts'],
    ignores: ['**/*.test.ts', 'mesh-core/config/**', 'mesh-core/time/wall-clock.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'node:fs', message: 'Only mesh-core/config reads files.' }],
          patterns: [{ group: ['@cucumber/*', 'supertest', 'commander'], message: 'mesh-core is usable alone.' }],
        },
      ],
    },
  },
)
