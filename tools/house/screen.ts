import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrapChild } from './process.ts';
import type { Part } from './process.ts';

/** What can show the kiosk on this machine, best first. */
export type Screen =
  | { readonly kind: 'electron'; readonly program: string }
  | { readonly kind: 'chromium'; readonly program: string }
  | { readonly kind: 'none'; readonly why: string };

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Electron when its binary is on this machine, else Chromium in kiosk mode, else nothing. Looks at files
 * only and never fetches anything.
 */
export function findScreen(root: string, environment: Readonly<Record<string, string | undefined>>): Screen {
  if ((environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'] ?? '') === '')
    return { kind: 'none', why: 'this machine has no screen' };
  const electron = electronProgram(root, environment);
  if (electron !== undefined && existsSync(join(root, 'dist/shell/shell.js')))
    return { kind: 'electron', program: electron };
  const browser = BROWSERS.find((path) => existsSync(path));
  return browser === undefined
    ? { kind: 'none', why: 'neither Electron nor Chromium is installed' }
    : { kind: 'chromium', program: browser };
}

/** Electron's binary on this machine, or undefined. Its package names it in path.txt once it has been fetched. */
export function electronProgram(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const folder = environment['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'node_modules/electron/dist');
  const named = join(root, 'node_modules/electron/path.txt');
  const program = join(folder, existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron');
  return existsSync(program) ? program : undefined;
}

/** Shows the kiosk page full screen. `profile` is a folder of its own, so that nobody's browser is touched. */
export function openScreen(
  screen: Exclude<Screen, { kind: 'none' }>,
  kiosk: {
    readonly hallUrl: string;
    readonly enrolCode: string;
    readonly profile: string;
    readonly root: string;
    /** Added to this process's environment, e.g. another DISPLAY. */
    readonly environment?: Readonly<Record<string, string>>;
    /** Further arguments of Chromium, e.g. a port for its developer protocol. */
    readonly browserArgs?: readonly string[];
  },
): Part {
  const env = { ...process.env, ...kiosk.environment };
  if (screen.kind === 'electron') {
    const config = join(kiosk.profile, 'kiosk.json');
    writeFileSync(config, JSON.stringify({ hallUrl: kiosk.hallUrl, enrolCode: kiosk.enrolCode }));
    return wrapChild(
      'kiosk',
      spawn(screen.program, [join(kiosk.root, 'dist/shell/shell.js'), `--user-data-dir=${kiosk.profile}`], {
        env: { ...env, KIOSK_CONFIG: config },
      }),
    );
  }
  const args = [
    '--kiosk',
    `--user-data-dir=${kiosk.profile}`,
    // Without a window manager, as on a machine that is only a kiosk, --kiosk alone leaves a gap at the edges.
    '--window-position=0,0',
    '--no-first-run',
    '--disable-features=Translate',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--overscroll-history-navigation=0',
    '--disable-pinch',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(kiosk.browserArgs ?? []),
    `${kiosk.hallUrl}/kiosk/#enrol=${encodeURIComponent(kiosk.enrolCode)}`,
  ];
  return wrapChild('kiosk', spawn(screen.program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}
