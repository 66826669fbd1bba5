/**
 * Which folder may import which: one rule an arrow. What is not named here is free.
 * `npm run arrows` checks the tree; tests/unit/tools/arrows.test.ts breaks each rule once.
 */

const OURS =
  'contract|platform|hall|broker|devices|sync|kiosk|console|phone|ui|central|simulators|tools|tests';
/** Every folder of ours but the named ones. */
const oursBut = (...allowed) =>
  `^(${OURS.split('|')
    .filter((folder) => !allowed.includes(folder))
    .join('|')})/`;

const MAIN = '\\.main\\.ts$';
/** Configurations of build tools, and scripts that make a file which is kept in git. */
const BUILD_CONFIG = '(\\.config\\.ts|/make-[a-z-]+\\.mjs)$';
const PURE = '\\.(machine|rules|frame|device)\\.ts$';
/** Packages without input, output, clock or chance: a pure file may use them. */
const PURE_PACKAGES =
  'node_modules/(xstate|zod|@noble/hashes|canonicalize|base45|pure-rand|ngraph\\.(graph|path))/';
const PAGES = '^(ui/|console/|phone/|kiosk/(screens|journeys)/|kiosk/[^/]+\\.tsx?$)';
const SERVER_PACKAGES =
  'node_modules/(aedes|aedes-persistence|better-sqlite3|electron|fastify|@fastify/[^/]+|mqtt|pg|@electric-sql/pglite|pino|prom-client|serialport|ws|node-thermal-printer)/';
const IMPURE_OURS =
  '(\\.(store|service|adapter|main)\\.ts$|^platform/|^hall/(store|adapters)/|^devices/(transports|drivers)/)';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** The rules, in the order of the folders. */
export const arrows = [
  forbid(
    'contract-is-the-floor',
    'contract imports nothing of ours',
    { path: '^contract/' },
    { path: oursBut('contract') },
  ),
  forbid(
    'contract-runs-everywhere',
    'contract is used by pages too: no Node modules but in sealing, which pages never import',
    { path: '^contract/', pathNot: '^contract/sealing\\.ts$' },
    { dependencyTypes: ['core'] },
  ),
  forbid(
    'pages-never-seal',
    'sealing needs Node: only hall and central use it',
    { path: '^(ui|kiosk|console|phone|contract)/', pathNot: '^kiosk/(main|preload)/' },
    { path: '^contract/sealing\\.ts$' },
  ),
  forbid(
    'platform-on-contract',
    'platform -> contract',
    { path: '^platform/' },
    { path: oursBut('platform', 'contract') },
  ),
  forbid(
    'platform-for-mains',
    'clock, chance and configuration are chosen by *.main.ts; everyone else is handed a port',
    { path: '.', pathNot: ['^(platform|tools|tests)/', MAIN] },
    { path: '^platform/' },
  ),
  forbid(
    'pure-no-node',
    '*.machine, *.rules, *.frame and *.device import no Node module',
    { path: PURE },
    { dependencyTypes: ['core'] },
  ),
  forbid(
    'pure-no-packages',
    'pure files use only packages that neither read, wait nor throw dice',
    { path: PURE },
    { path: 'node_modules/', pathNot: PURE_PACKAGES },
  ),
  forbid(
    'pure-no-impure-neighbour',
    'a pure file does not import what touches the world',
    { path: PURE },
    { path: IMPURE_OURS },
  ),

  forbid(
    'hall-on-contract',
    'hall -> contract',
    { path: '^hall/', pathNot: MAIN },
    { path: oursBut('hall', 'contract', 'platform') },
  ),
  forbid(
    'hall-main-joins',
    'hall.main.ts may embed broker, devices and sync; never screens, central, simulators or tools',
    { path: '^hall/[^/]+\\.main\\.ts$' },
    { path: oursBut('hall', 'contract', 'platform', 'broker', 'devices', 'sync') },
  ),
  forbid(
    'hall-features-by-service',
    'a hall feature reaches another one only through its *.service.ts',
    { path: '^hall/(?!store/|adapters/)([^/]+)/' },
    { path: '^hall/(?!store/|adapters/)[^/]+/', pathNot: ['^hall/$1/', '\\.service\\.ts$'] },
  ),
  forbid(
    'hall-store-below-features',
    'the store knows tables, not features or adapters',
    { path: '^hall/store/' },
    { path: '^hall/(?!store/)[^/]+/' },
  ),
  forbid(
    'hall-features-below-adapters',
    'features declare ports; adapters implement them',
    { path: '^hall/(?!adapters/)[^/]+/' },
    { path: '^hall/adapters/' },
  ),

  forbid(
    'broker-on-contract',
    'broker -> contract',
    { path: '^broker/' },
    { path: oursBut('broker', 'contract', 'platform') },
  ),
  forbid(
    'devices-on-contract',
    'devices -> contract; it meets the hall over MQTT only',
    { path: '^devices/' },
    { path: oursBut('devices', 'contract', 'platform') },
  ),
  forbid(
    'devices-frames-lowest',
    'frames and definitions know nothing above them',
    { path: '^devices/(frames|definitions)/' },
    { path: '^devices/((drivers|transports|ingest)/|[^/]+\\.ts$)' },
  ),
  forbid(
    'devices-drivers-below-gateway',
    'drivers do not know the gateway',
    { path: '^devices/drivers/' },
    { path: '^devices/(ingest/|[^/]+\\.ts$)' },
  ),
  forbid(
    'devices-transports-bytes-only',
    'transports move bytes and know no protocol',
    { path: '^devices/transports/' },
    { path: '^devices/((frames|definitions|drivers|ingest)/|[^/]+\\.ts$)' },
  ),

  forbid(
    'sync-on-contract',
    'sync -> contract and the ports of outbox and inbox',
    { path: '^sync/', pathNot: MAIN },
    { path: oursBut('sync', 'contract', 'platform'), pathNot: '^hall/store/(outbox|inbox)\\.port\\.ts$' },
  ),
  forbid(
    'sync-main-joins',
    'sync.main.ts may open the hall store, nothing else',
    { path: '^sync/[^/]+\\.main\\.ts$' },
    { path: oursBut('sync', 'contract', 'platform'), pathNot: '^hall/store/' },
  ),
  forbid(
    'central-on-contract',
    'central -> contract',
    { path: '^central/' },
    { path: oursBut('central', 'contract', 'platform') },
  ),

  forbid('ui-on-contract', 'ui -> contract', { path: '^ui/' }, { path: oursBut('ui', 'contract') }),
  forbid(
    'console-on-ui',
    'console -> ui, contract',
    { path: '^console/' },
    { path: oursBut('console', 'ui', 'contract') },
  ),
  forbid(
    'phone-on-ui',
    'phone -> ui, contract',
    { path: '^phone/' },
    { path: oursBut('phone', 'ui', 'contract') },
  ),
  forbid(
    'kiosk-on-ui',
    'kiosk -> ui, contract',
    { path: '^kiosk/' },
    { path: oursBut('kiosk', 'ui', 'contract', 'platform') },
  ),
  forbid(
    'kiosk-pages-not-shell',
    'a page sees of the shell only the type of its bridge',
    { path: PAGES },
    { path: '^kiosk/(main|preload)/', dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'kiosk-shell-not-pages',
    'the shell loads pages by address, never by import',
    { path: '^kiosk/(main|preload)/' },
    { path: PAGES },
  ),
  forbid(
    'pages-no-node',
    'pages run in a browser',
    { path: PAGES, pathNot: BUILD_CONFIG },
    { dependencyTypes: ['core'] },
  ),
  forbid(
    'pages-no-server-packages',
    'pages run in a browser',
    { path: PAGES, pathNot: BUILD_CONFIG },
    { path: SERVER_PACKAGES },
  ),
  forbid(
    'electron-in-the-shell',
    'electron is imported in the kiosk shell only',
    { path: '.', pathNot: ['^kiosk/(main|preload)/', '^tests/', 'node_modules/'] },
    { path: 'node_modules/electron/' },
  ),

  forbid(
    'simulators-on-contract',
    'simulators carry their own codecs: a wrong frame table must not cancel itself out',
    { path: '^simulators/', pathNot: '^simulators/sim\\.main\\.ts$' },
    { path: oursBut('simulators', 'contract', 'platform') },
  ),
  forbid(
    'simulators-main-not-pages',
    'sim.main.ts joins real parts with simulated hardware; it needs no screens',
    { path: '^simulators/sim\\.main\\.ts$' },
    { path: '^(kiosk|console|phone|ui|tools)/' },
  ),
  forbid(
    'tools-start-by-path',
    'tools start processes by path',
    { path: '^tools/' },
    { path: oursBut('tools', 'contract', 'platform', 'simulators') },
  ),

  forbid(
    'mains-are-started',
    'a *.main.ts is started, never imported',
    { path: '.', pathNot: 'node_modules/' },
    { path: '^(?!.*node_modules/).*\\.main\\.ts$' },
  ),
  forbid(
    'tests-are-not-parts',
    'nothing that ships imports tests',
    { path: '.', pathNot: ['^tests/', '^simulators/sim\\.main\\.ts$', BUILD_CONFIG, 'node_modules/'] },
    { path: '^tests/' },
  ),
  forbid(
    'ships-without-dev-packages',
    'what runs in a hall needs only dependencies, not devDependencies',
    { path: '^(contract|platform|hall|broker|devices|sync|central)/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  ),
  forbid(
    'no-circles',
    'a circle has no bottom to start reading from',
    { path: '.', pathNot: 'node_modules/' },
    { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  ),
  forbid(
    'no-dead-ends',
    'every import leads somewhere',
    { path: '.', pathNot: 'node_modules/' },
    { couldNotResolve: true, pathNot: ['\\?', '^virtual:'] },
  ),
];
