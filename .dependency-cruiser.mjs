/**
 * Which room may open which door. Every rule below has a deliberately broken tree of its name in
 * test/house/fixtures, and test/house/import-rules.spec.ts proves that this tree breaks that rule and
 * no other; a rule without a fixture, or a fixture without a rule, fails that test.
 */

/** A spec may import whatever it wants to try, so no rule starts from one. */
const SPEC = '\\.spec\\.ts$';

/** A package by its name, wherever npm has put it. */
const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

/** Packages without I/O, clock or state: the only ones that rules of the business may be written with. */
const PURE_PACKAGES = ['json-rules-engine', 'libphonenumber-js', 'tinyld', 'tldts'];

const everywhere = [
  {
    name: 'no-circular',
    comment: 'A loop has no first line to read. Move what both sides need below them, types included.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that leads nowhere would be invisible to every other rule.',
    from: { pathNot: SPEC },
    to: { couldNotResolve: true },
  },
  {
    name: 'specs-are-leaves',
    comment: 'What two specs share belongs under test/, not in one of them.',
    from: {},
    to: { path: SPEC },
  },
];

const shared = [
  {
    name: 'kernel-imports-nothing',
    comment: 'Everything stands on the kernel; it stands on node:crypto alone.',
    from: { path: '^src/shared/kernel/', pathNot: SPEC },
    to: { pathNot: ['^src/shared/kernel/', '^(node:)?crypto$'] },
  },
  {
    name: 'shared-knows-no-context',
    comment: 'shared/ serves every context, so it names none: no context, no flow, nothing of the root.',
    from: { path: '^src/shared/', pathNot: ['^src/shared/kernel/', SPEC] },
    to: { path: '^src/', pathNot: '^src/shared/' },
  },
  {
    name: 'bullmq-in-messaging',
    comment: 'The queue is a detail of delivery: replaceable, because one folder knows it.',
    from: { path: '^src/', pathNot: ['^src/shared/messaging/', SPEC] },
    to: { path: packages('bullmq', 'bullmq-otel', '@nestjs/bullmq') },
  },
];

const contexts = [
  {
    name: 'contexts-meet-through-contracts',
    comment: 'Of another context only contracts.ts can be imported; the rest may change any day.',
    from: { path: '^src/modules/([^/]+)/', pathNot: ['^src/modules/[^/]+/domain/', SPEC] },
    to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/contracts\\.ts$'] },
  },
  {
    name: 'contexts-know-no-flow',
    comment: 'A context states facts and obeys commands; which process it serves is not its business.',
    from: { path: '^src/modules/', pathNot: ['^src/modules/[^/]+/domain/', SPEC] },
    to: { path: '^src/', pathNot: '^src/(shared|modules)/' },
  },
  {
    name: 'domain-is-pure',
    comment: `Rules of the business: the kernel, the context's own contracts and errors, times, ${PURE_PACKAGES.join(', ')}.`,
    from: { path: '^src/modules/([^/]+)/domain/', pathNot: SPEC },
    to: {
      pathNot: [
        '^src/shared/kernel/',
        '^src/shared/calendar/(business-time|zones)\\.ts$',
        '^src/modules/$1/domain/',
        '^src/modules/$1/contracts\\.ts$',
        '^src/modules/$1/[^/]+\\.errors\\.ts$',
        packages(...PURE_PACKAGES),
      ],
    },
  },
  {
    name: 'use-cases-speak-no-sql',
    comment: 'A use case asks its repository; the SQL and its library are the business of persistence/.',
    from: { path: '^src/modules/[^/]+/use-cases/', pathNot: SPEC },
    to: { path: packages('pg', 'typeorm', '@nestjs/typeorm') },
  },
  {
    name: 'hubspot-client-in-connectors',
    comment: "A provider's client is spoken to by its adapter alone; the rest knows the port.",
    from: { path: '^(src|sandbox|migrations)/', pathNot: ['/connectors/', '/domain/', SPEC] },
    to: { path: packages('@hubspot/api-client') },
  },
  {
    name: 'invoice-clients-in-connectors',
    comment: "A provider's client is spoken to by its adapter alone; the rest knows the port.",
    from: { path: '^(src|sandbox|migrations)/', pathNot: ['/connectors/', '/domain/', SPEC] },
    to: { path: packages('xero-node', 'stripe') },
  },
];

const wiring = [
  {
    name: 'context-modules-only-in-app',
    comment: 'src/app.module.ts is the list of contexts; a context that imports another one hides from it.',
    from: { pathNot: ['^src/app\\.module\\.ts$', '^src/(shared|flows)/', '^test/', SPEC] },
    to: { path: '^src/modules/.+\\.module\\.ts$' },
  },
  {
    name: 'shared-modules-only-in-modules',
    comment: 'Nest wiring is imported by Nest wiring: classes get what they need injected.',
    from: { path: '^src/(modules|shared)/', pathNot: ['\\.module\\.ts$', '/domain/', SPEC] },
    to: { path: '^src/shared/.+\\.module\\.ts$' },
  },
];

const flows = [
  {
    name: 'flows-import-contracts-only',
    comment:
      'A flow reads like the sentence it executes: contracts, shared/flow and types of the kernel, no package.',
    from: { path: '^src/flows/', pathNot: SPEC },
    to: { pathNot: ['^src/flows/', '^src/modules/[^/]+/contracts\\.ts$', '^src/shared/(flow|kernel)/'] },
  },
  {
    name: 'flows-use-kernel-types-only',
    comment: 'The kernel as types: a clock or an id made inside a table would be decided twice.',
    from: { path: '^src/flows/', pathNot: SPEC },
    to: { path: '^src/shared/kernel/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'flows-meet-in-the-index',
    comment: 'A flow knows no other flow: only the index, the table of contents, lists them.',
    from: { path: '^src/flows/([^/.]+)', pathNot: ['^src/flows/index\\.ts$', SPEC] },
    to: { path: '^src/flows/', pathNot: '^src/flows/$1[./]' },
  },
];

const outside = [
  {
    name: 'src-stays-in-src',
    comment: 'The product is what dist/ holds: nothing in it may need the tools or the tests beside it.',
    from: { path: '^src/', pathNot: ['^src/(shared/kernel|flows|modules/[^/]+/domain)/', SPEC] },
    to: { path: '^(sandbox|test|scripts|migrations|console|docker|docs)/' },
  },
  {
    name: 'sandbox-knows-no-src',
    comment: 'A simulator that shares code with the product would share its misunderstandings.',
    from: { path: '^sandbox/', pathNot: SPEC },
    to: { path: '^(src|test|migrations)/' },
  },
  {
    name: 'migrations-stand-alone',
    comment: 'A migration is history: it must run the same after the code it once served has changed.',
    from: { path: '^migrations/', pathNot: SPEC },
    to: { path: '^(src|sandbox|test|scripts|migrations)/' },
  },
  {
    name: 'declared-packages-only',
    comment: 'A package that is there by chance is gone after the next install.',
    from: { path: '^(src|sandbox|migrations)/', pathNot: SPEC },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-dev-packages-in-src',
    comment: 'An image installs dependencies only: what src/ imports at run time must be one.',
    from: { path: '^(src|migrations)/', pathNot: SPEC },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only'],
      pathNot: '(^|/)node_modules/@types/',
    },
  },
];

const rules = [...everywhere, ...shared, ...contexts, ...wiring, ...flows, ...outside];

export default {
  forbidden: rules.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports that only types need are doors like any other.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
