import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Lint rules that guard what a type can't say. The ones that are this product's own are tried by
 * test/house/lint-rules.spec.ts on files that break them. Layout is Prettier's business.
 */

const TYPED = ['{src,migrations,sandbox,test}/**/*.ts', '*.ts'];
const SPECS = ['**/*.spec.ts', 'test/**/*.ts'];
const INNER = ['src/**/domain/**/*.ts', 'src/**/use-cases/**/*.ts'];
const GIVEN_THE_TIME = ['src/flows/**/*.ts', ...INNER];
const MAY_READ_ENV = [
  'src/shared/config/**',
  'src/shared/embedded/**',
  'src/boot.ts',
  'sandbox/main.ts',
  'test/**',
  'scripts/**',
];
const MAY_PRINT = ['src/main.ts', 'src/boot.ts', 'src/embedded.ts', 'src/shared/embedded/**'];
const RUN_BY_NODE_ITSELF = ['migrations/**/*.ts', 'sandbox/**/*.ts'];

const nodeGlobals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
);

const noEnv = {
  'no-restricted-properties': [
    'error',
    {
      object: 'process',
      property: 'env',
      message: 'The environment is read and validated once, in src/shared/config: take the value from there.',
    },
  ],
};

const noEnvImport = {
  regex: '^(node:)?process$',
  importNames: ['env'],
  message: 'The environment is read and validated once, in src/shared/config: take the value from there.',
};

const noHttpException = {
  group: ['@nestjs/common'],
  importNamePattern: 'Exception$',
  message: 'Throw a coded error with a kind: this code also runs where there is no HTTP.',
};

const noClock = [
  ['NewExpression[callee.name="Date"][arguments.length=0]', 'new Date()'],
  ['CallExpression[callee.name="Date"]', 'Date()'],
  ['CallExpression[callee.object.name="Date"][callee.property.name="now"]', 'Date.now()'],
  ['CallExpression[callee.object.name="performance"][callee.property.name="now"]', 'performance.now()'],
  ['CallExpression[callee.object.name="Math"][callee.property.name="random"]', 'Math.random()'],
].map(([selector, what]) => ({
  selector,
  message: `${what} gives another answer each time: take the time, or the number, as an argument.`,
}));

const onlyErasable = [
  'TSEnumDeclaration',
  'TSModuleDeclaration[declare!=true]',
  'TSParameterProperty',
  'TSImportEqualsDeclaration',
  'TSExportAssignment',
  'Decorator',
].map((selector) => ({
  selector,
  message: 'Node runs this file as it is and only erases types: use syntax that erasing leaves intact.',
}));

const noOnly = {
  selector: 'MemberExpression[property.name="only"][object.name=/^(describe|it|test|suite|bench)$/]',
  message: 'A committed .only switches every other test of the file off.',
};

const noChainedOnly = {
  selector:
    'MemberExpression[property.name="only"] > MemberExpression.object[object.name=/^(describe|it|test)$/]',
  message: noOnly.message,
};

const forTypeScript = {
  name: 'house/typescript',
  files: TYPED,
  extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
  languageOptions: {
    parserOptions: { project: ['./tsconfig.check.json'], tsconfigRootDir: import.meta.dirname },
  },
  rules: {
    '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
    '@typescript-eslint/consistent-type-exports': 'error',
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/no-import-type-side-effects': 'error',
    '@typescript-eslint/no-unused-vars': [
      'error',
      {
        argsIgnorePattern: '^_',
        varsIgnorePattern: '^_',
        caughtErrorsIgnorePattern: '^_',
        ignoreRestSiblings: true,
      },
    ],
    // A port's method is asynchronous for the adapter that needs it, not for the one that doesn't.
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/return-await': ['error', 'in-try-catch'],
    // An explicit default is an answer for the rest; a switch without one must name every member.
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-eval': 'error',
    'no-new-func': 'error',
    'no-restricted-imports': ['error', { patterns: [noEnvImport] }],
    ...noEnv,
  },
};

/** Errors for what nobody can follow, warnings for what deserves a second look. */
const sizes = {
  name: 'house/sizes',
  files: TYPED,
  rules: {
    complexity: ['error', 15],
    'max-depth': ['error', 4],
    'max-nested-callbacks': ['error', 4],
    'max-lines': ['warn', 200],
    'max-lines-per-function': ['warn', { max: 60, skipBlankLines: true, skipComments: true }],
    'max-params': ['warn', 5],
  },
};

const forTests = {
  name: 'house/tests',
  files: SPECS,
  rules: {
    '@typescript-eslint/no-non-null-assertion': 'off',
    '@typescript-eslint/no-unsafe-argument': 'off',
    '@typescript-eslint/no-unsafe-assignment': 'off',
    '@typescript-eslint/no-unsafe-member-access': 'off',
    '@typescript-eslint/unbound-method': 'off',
    'max-lines-per-function': 'off',
    'max-nested-callbacks': 'off',
    'no-restricted-syntax': ['error', noOnly, noChainedOnly],
  },
};

export default defineConfig(
  globalIgnores([
    'dist/',
    'coverage/',
    'reports/',
    '.signalbox/',
    '.npm/',
    'console/',
    'test/fixtures/',
    'test/house/fixtures/',
    'test/house/lint-fixtures/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'house/javascript',
    files: ['**/*.{mjs,js}'],
    extends: [js.configs.recommended],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module', globals: nodeGlobals },
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], ...noEnv },
  },
  forTypeScript,
  sizes,
  {
    name: 'house/src',
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
    },
  },
  {
    name: 'house/inner-rooms',
    files: INNER,
    rules: { 'no-restricted-imports': ['error', { patterns: [noEnvImport, noHttpException] }] },
  },
  { name: 'house/no-clock', files: GIVEN_THE_TIME, rules: { 'no-restricted-syntax': ['error', ...noClock] } },
  {
    name: 'house/erasable',
    files: RUN_BY_NODE_ITSELF,
    rules: { 'no-restricted-syntax': ['error', ...onlyErasable] },
  },
  // A migration is one list of statements: cutting it into functions hides their order.
  { name: 'house/migrations', files: ['migrations/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  forTests,
  { name: 'house/environment', files: MAY_READ_ENV, rules: { 'no-restricted-properties': 'off' } },
  {
    name: 'house/environment-imports',
    files: MAY_READ_ENV.filter((pattern) => !pattern.startsWith('scripts')),
    rules: { 'no-restricted-imports': 'off' },
  },
  { name: 'house/printing', files: MAY_PRINT, rules: { 'no-console': 'off' } },
);
