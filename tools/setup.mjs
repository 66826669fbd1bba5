/**
 * Makes a bare clone ready, then runs one command on the right Node:
 *   node tools/setup.mjs <command> [arguments]
 * Plain JavaScript for Node 20 or later with `node:` imports only, because it runs before
 * any package is there. Does nothing (and takes next to no time) when nothing is missing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A hall lives in 150 MB: its garbage is swept in small steps. */
export const hallFlags = ['--max-semi-space-size=2'];

/** What each command runs, and what it needs first. `pages`: built screens; `debian`: programs, by package. */
export const commands = {
  start: { entry: 'tools/start.main.ts', pages: true, debian: ['socat'] },
  test: { entry: 'tools/test.main.ts', pages: true, debian: 'all' },
  'test:long': { entry: 'tools/test.main.ts', before: ['--long'], pages: true, debian: 'all' },
  story: { entry: 'tests/story/story.main.ts', pages: true, debian: ['socat'] },
  bench: {
    entry: 'tests/bench/bench.main.ts',
    pages: true,
    debian: ['socat', 'postgresql', 'chromium', 'mosquitto'],
  },
  sim: { entry: 'simulators/sim.main.ts' },
  hall: { entry: 'hall/hall.main.ts', pages: true, flags: hallFlags },
  broker: { entry: 'broker/broker.main.ts' },
  gateway: { entry: 'devices/gateway.main.ts' },
  device: { entry: 'devices/device.main.ts' },
  sync: { entry: 'sync/sync.main.ts' },
  central: { entry: 'central/central.main.ts', pages: true },
  build: { pages: true },
};

/** Built page -> the folders its result depends on. */
const pages = {
  kiosk: ['kiosk', 'ui', 'contract'],
  console: ['console', 'ui', 'contract'],
  phone: ['phone', 'ui', 'contract'],
};

/** Debian package -> a file that is there once it is installed. */
const debianPackages = {
  chromium: ['/usr/bin/chromium'],
  xvfb: ['/usr/bin/Xvfb'],
  xauth: ['/usr/bin/xauth'],
  'fonts-noto-cjk': ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'],
  socat: ['/usr/bin/socat'],
  mosquitto: ['/usr/sbin/mosquitto'],
  'mosquitto-clients': ['/usr/bin/mosquitto_pub'],
  'zbar-tools': ['/usr/bin/zbarimg'],
  qrencode: ['/usr/bin/qrencode'],
  oathtool: ['/usr/bin/oathtool'],
  openssl: ['/usr/bin/openssl'],
  sqlite3: ['/usr/bin/sqlite3'],
  postgresql: ['/usr/lib/postgresql'],
  openbox: ['/usr/bin/openbox'],
  // Records what the broker asks of the disk, so that the power can be cut at any fsync.
  strace: ['/usr/bin/strace'],
  // Independent peers of the device drivers: Modbus masters and slaves, card readers.
  mbpoll: ['/usr/bin/mbpoll'],
  'python3-pymodbus': ['/usr/lib/python3/dist-packages/pymodbus'],
  'python3-serial': ['/usr/lib/python3/dist-packages/serial'],
  'python3-serial-asyncio': ['/usr/lib/python3/dist-packages/serial_asyncio'],
  pcscd: ['/usr/sbin/pcscd'],
  'pcsc-tools': ['/usr/bin/scriptor'],
  'vsmartcard-vpcd': ['/usr/lib/pcsc/drivers/serial/libifdvpcd.so'],
};

/** A sentence for the person at the terminal; anything else thrown here is a defect. */
export class SetupError extends Error {}

const say = (text) => {
  console.error(`[setup] ${text}`);
};

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const pause = (ms) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

/**
 * The environment of every child: the project's own programs first on the path, and what Node made of
 * our TypeScript kept for the next start, which then needs neither the time nor the memory of stripping types.
 */
function environment(root) {
  return {
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Runs `work` while holding a lock folder, so that two set-ups at once take turns.
 * A lock whose owner is gone is taken over.
 */
export function withLock(folder, work) {
  mkdirSync(join(folder, '..'), { recursive: true });
  const owner = join(folder, 'pid');
  let said = false;
  for (;;) {
    try {
      mkdirSync(folder);
      writeFileSync(owner, String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (stale(folder, owner)) {
      // Renaming is atomic: of several waiters exactly one removes the dead lock.
      const grave = `${folder}.${process.pid}`;
      try {
        renameSync(folder, grave);
        rmSync(grave, { recursive: true, force: true });
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
      continue;
    }
    if (!said) say('another set-up is at work here; waiting for it');
    said = true;
    pause(200);
  }
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/** Owner dead, or no owner written within five seconds of the folder's birth. */
function stale(folder, owner) {
  try {
    const pid = Number(readFileSync(owner, 'utf8'));
    if (pid > 0) return !alive(pid);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    return Date.now() - statSync(folder).mtimeMs > 5000;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** The Node that runs the product: the packaged one, else this one when it is new enough. */
export function productNode(root) {
  const packaged = join(root, 'node_modules/.bin/node');
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return undefined;
}

function packagesMark(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
}

/** Installs the packages of package-lock.json unless exactly these are there already. */
export function ensurePackages(root) {
  const markFile = join(root, 'node_modules/.setup-packages');
  const present = () => existsSync(markFile) && readFileSync(markFile, 'utf8') === packagesMark(root);
  if (present()) return;
  withLock(join(root, '.setup-lock'), () => {
    if (present()) return;
    if (installedAlready(root)) {
      writeFileSync(markFile, packagesMark(root));
      return;
    }
    say('installing packages (npm ci); about a minute the first time');
    const started = performance.now();
    const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (done.error)
      throw new SetupError(`npm could not be started (${done.error.message}). Install npm and try again.`);
    if (done.status !== 0) {
      throw new SetupError(
        'npm ci failed (see above). Check the network or the registry setting, then run the same command again.',
      );
    }
    writeFileSync(markFile, packagesMark(root));
    say(`packages installed in ${seconds(started)}`);
  });
}

/** True when npm itself has installed from this very lock file: its own record lists every needed package at its version. */
function installedAlready(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages ?? {};
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  return (
    Object.entries(wanted).every(
      ([path, item]) =>
        path === '' || item.optional || item.peer || installed[path]?.version === item.version,
    ) &&
    Object.entries(installed).every(
      ([path, item]) => wanted[path]?.version === item.version && existsSync(join(root, path)),
    )
  );
}

/** One hash over names and contents of everything a page is built from. */
function sourceHash(root, folders) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const visit = (path) => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const child = `${path}/${entry.name}`;
      if (entry.isDirectory()) visit(child);
      else if (entry.isFile())
        hash
          .update(child)
          .update('\0')
          .update(readFileSync(join(root, child)));
    }
  };
  for (const folder of folders) if (existsSync(join(root, folder))) visit(folder);
  return hash.digest('hex');
}

/** Builds each page whose sources changed since its last build into dist/<page>. */
export function ensurePages(root, node) {
  const due = () =>
    Object.entries(pages)
      .filter(([page]) => existsSync(join(root, page, 'vite.config.ts')))
      .map(([page, folders]) => ({
        page,
        hash: sourceHash(root, folders),
        mark: join(root, 'dist', `.${page}.hash`),
      }))
      .filter(
        ({ page, hash, mark }) =>
          !existsSync(join(root, 'dist', page)) || !existsSync(mark) || readFileSync(mark, 'utf8') !== hash,
      );
  if (due().length === 0) return;
  withLock(join(root, '.setup-lock'), () => {
    for (const { page, hash, mark } of due()) {
      say(`building the ${page} pages`);
      const started = performance.now();
      const done = spawnSync(
        node,
        [
          join(root, 'node_modules/vite/bin/vite.js'),
          'build',
          '--config',
          join(root, page, 'vite.config.ts'),
          '--outDir',
          join(root, 'dist', page),
          '--emptyOutDir',
          '--logLevel',
          'warn',
        ],
        { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: environment(root) },
      );
      if (done.status !== 0) throw new SetupError(`the ${page} pages could not be built (see above)`);
      writeFileSync(mark, hash);
      say(`${page} pages built in ${seconds(started)}`);
    }
  });
}

/** Debian packages that the tests use and that are not here. */
export function missingDebian(table = debianPackages) {
  return Object.entries(table)
    .filter(([, files]) => files.some((file) => !existsSync(file)))
    .map(([name]) => name);
}

/** As root on a Debian system: installs what is missing. Otherwise: names it and goes on. */
function ensureDebian(wanted) {
  const missing = missingDebian(
    wanted === 'all'
      ? debianPackages
      : Object.fromEntries(wanted.map((name) => [name, debianPackages[name]])),
  );
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(`these programs are missing, so what needs them will fail: ${missing.join(', ')}`);
    say(`on Debian: sudo ${command}`);
    return;
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  const started = performance.now();
  const apt = (...args) =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-q', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  if (!apt('update')) say('apt-get update failed; trying with the package lists at hand');
  if (!apt('install', '-y', '--no-install-recommends', ...missing)) {
    say(`apt-get could not install them; what needs them will fail. By hand: ${command}`);
    return;
  }
  say(`Debian packages installed in ${seconds(started)}`);
}

/**
 * Starts the real command in its own process group and waits for it. Ctrl-C reaches every
 * process of a terminal's group, npm may pass it on as well, and a second signal means
 * "now" to our processes: so the child hears signals only from here, repeats within half a
 * second count as one, and a real second Ctrl-C still gets through.
 */
function runAndForward(node, root, flags, entry, args) {
  return new Promise((done, fail) => {
    const child = spawn(node, [...flags, join(root, entry), ...args], {
      cwd: process.cwd(),
      stdio: 'inherit',
      env: environment(root),
      detached: process.platform !== 'win32',
    });
    let last = -Infinity;
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      const pass = () => {
        if (performance.now() - last < 500) return;
        last = performance.now();
        child.kill(signal);
      };
      process.on(signal, pass);
      return [signal, pass];
    });
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      for (const [name, pass] of handlers) process.removeListener(name, pass);
      done({ code, signal });
    });
  });
}

async function main(argv) {
  const [name = '', ...args] = argv;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new SetupError(`unknown command "${name}". Known: ${Object.keys(commands).join(', ')}`);
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(`Node ${process.versions.node} is too old: Node 20 or later is needed to set up.`);
  }
  const root = resolve(fileURLToPath(import.meta.url), '../..');
  ensurePackages(root);
  const node = productNode(root);
  if (!node) {
    throw new SetupError(
      `this computer has Node ${process.versions.node} and the packaged Node 24 exists for Linux x64 only. Install Node 24 and try again.`,
    );
  }
  if (command.debian) ensureDebian(command.debian);
  if (command.pages) ensurePages(root, node);
  if (!command.entry) return 0;
  if (!existsSync(join(root, command.entry)))
    throw new SetupError(`${command.entry} does not exist in this version`);
  const { code, signal } = await runAndForward(node, root, command.flags ?? [], command.entry, [
    ...(command.before ?? []),
    ...args,
  ]);
  if (signal) {
    process.kill(process.pid, signal);
    return 128;
  }
  return code ?? 1;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
