import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * House rules that a machine can check. Folder arrows are checked by dependency-cruiser
 * (tools/arrows.config.mjs), spec links by tools/check-spec.ts.
 */

/** Pages: DOM, no Node. */
const pages = [
  'ui/**/*.{ts,tsx}',
  'kiosk/*.{ts,tsx}',
  'kiosk/{screens,journeys}/**/*.{ts,tsx}',
  'console/**/*.{ts,tsx}',
  'phone/**/*.{ts,tsx}',
];

/** Where time, chance and timers come from: composition roots, platform/, and the page's own clock. */
const sources = [
  '**/*.main.ts',
  'platform/**/*.ts',
  'ui/clock.ts',
  '**/*-clock.ts',
  '**/*.config.ts',
  '**/vite.config.ts',
];

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'No default exports: a name is the same everywhere.',
};

const noHiddenSql = ['prepare', 'exec', 'query'].map((name) => ({
  selector: `CallExpression[callee.property.name='${name}'] > TemplateLiteral.arguments:first-child > :not(Identifier[name=/^[A-Z_]+$/]).expressions`,
  message: 'SQL is one constant text (UPPER_CASE pieces allowed); values go in as parameters.',
}));

const noHiddenTime = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time is passed in: use a Clock.',
  },
  { selector: "CallExpression[callee.name='Date']", message: 'Time is passed in: use a Clock.' },
  {
    selector: "CallExpression[callee.object.name='performance'][callee.property.name='now']",
    message: 'Time is passed in: use a Clock.',
  },
  {
    selector:
      'CallExpression[callee.object.name=/^(globalThis|window|self)$/][callee.property.name=/^(setTimeout|setInterval|setImmediate)$/]',
    message: 'Timers are passed in: use clock.after or sleep(clock, ...).',
  },
  {
    selector: "CallExpression[callee.object.name='AbortSignal'][callee.property.name='timeout']",
    message: 'Timers are passed in: use clock.after with an AbortController.',
  },
  {
    selector:
      "CallExpression[callee.object.name='crypto'][callee.property.name=/^(randomUUID|getRandomValues)$/]",
    message: 'Chance is passed in: use Random or Ids.',
  },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'data/', 'artifacts/', 'coverage/', 'tests/vectors/'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.web.json', './tsconfig.tests.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'off',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-template-curly-in-string': 'error',
      'no-unsafe-finally': 'error',
      'no-self-compare': 'error',
      'no-async-promise-executor': 'error',
      'no-unused-expressions': 'off',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-array-delete': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-expressions': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/restrict-plus-operands': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/unbound-method': 'error',
      'no-restricted-syntax': ['error', noDefaultExport, ...noHiddenSql, ...noHiddenTime],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is passed in: use a Clock.' },
        { object: 'Math', property: 'random', message: 'Chance is passed in: use Random.' },
      ],
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
          name,
          message: 'Timers are passed in: use clock.after or sleep(clock, ...).',
        })),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['timers', 'timers/promises', 'node:timers', 'node:timers/promises'].map((name) => ({
            name,
            message: 'Timers are passed in: use clock.after or sleep(clock, ...).',
          })),
        },
      ],
    },
  },
  {
    // Tests ask SQLite to explain statements they hold as text.
    files: ['tests/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, ...noHiddenTime] },
  },
  {
    files: sources,
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport, ...noHiddenSql],
      'no-restricted-properties': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    // Tools ask for a configuration by its default export.
    files: ['*.config.ts', '**/*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noHiddenSql] },
  },
  {
    files: pages,
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
);
