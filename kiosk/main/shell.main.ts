import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, Menu, session } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent, Session } from 'electron';
import { systemClock } from '../../platform/system.ts';
import { channels } from '../preload/bridge.ts';
import { enrol, hallAnswers } from './hall-link.ts';
import { ShellConfig } from './shell-config.ts';
import { createStaffExit } from './staff-exit.ts';
import { firstState, step } from './watchdog.machine.ts';
import type { WatchdogEvent } from './watchdog.machine.ts';
import { mayGrant, mayShow, maySpeak } from './window-policy.rules.ts';

/** Electron's part of the kiosk: only wiring. What it decides is in the plain modules beside it. */

const config = ShellConfig.parse(
  JSON.parse(readFileSync(process.env['KIOSK_CONFIG'] ?? 'kiosk.json', 'utf8')),
);
const pageUrl = new URL('/kiosk/', config.hallUrl).href;
const waitingPage = join(import.meta.dirname, 'waiting.html');

app.enableSandbox();
app.commandLine.appendSwitch('disable-pinch');
app.commandLine.appendSwitch('overscroll-history-navigation', '0');
Menu.setApplicationMenu(null);
if (!app.requestSingleInstanceLock()) app.exit(0);

let window: BrowserWindow | undefined;
let watchdog = firstState;
let leaving = false;
const exit = createStaffExit(config.staffPinHash, systemClock);

function openWindow(store: Session): BrowserWindow {
  const fresh = new BrowserWindow({
    kiosk: !config.windowed,
    fullscreen: !config.windowed,
    autoHideMenuBar: true,
    backgroundColor: '#F8F3E8',
    webPreferences: {
      session: store,
      preload: join(import.meta.dirname, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      devTools: config.windowed,
      spellcheck: false,
    },
  });
  const page = fresh.webContents;
  page.setWindowOpenHandler(() => ({ action: 'deny' }));
  const stay = (event: { preventDefault(): void }, url: string): void => {
    if (!mayShow(config.hallUrl, url)) event.preventDefault();
  };
  page.on('will-navigate', (event) => {
    stay(event, event.url);
  });
  page.on('will-redirect', (event) => {
    stay(event, event.url);
  });
  page.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  page.on('render-process-gone', () => {
    feed({ name: 'page-gone' });
  });
  page.on('did-fail-load', (_event, _code, _text, _url, isMainFrame) => {
    if (isMainFrame) feed({ name: 'load-failed' });
  });
  fresh.on('close', (event) => {
    if (!leaving) event.preventDefault();
  });
  return fresh;
}

function feed(event: WatchdogEvent): void {
  const next = step(watchdog, event, systemClock.monotonic());
  watchdog = next.state;
  switch (next.effect) {
    case 'none':
      return;
    case 'show-waiting':
      void window?.loadFile(waitingPage);
      return;
    case 'load-page':
      void load();
      return;
    case 'replace-page': {
      const old = window;
      window = openWindow(session.defaultSession);
      old?.destroy();
      void load();
    }
  }
}

/** A failed load is told by `did-fail-load`; the promise says the same and is only kept from floating. */
async function load(): Promise<void> {
  try {
    await becomeKnown(session.defaultSession);
    await window?.loadURL(pageUrl);
  } catch {
    feed({ name: 'load-failed' });
  }
}

/** The identity is an HttpOnly cookie that only this process has handled [KS8]. */
async function becomeKnown(store: Session): Promise<void> {
  if (config.enrolCode === undefined) return;
  const known = await store.cookies.get({ url: config.hallUrl });
  if (known.length > 0) return;
  const cookie = await enrol(fetch, config.hallUrl, config.enrolCode);
  if (cookie === undefined) return;
  const year = 365 * 24 * 3600;
  await store.cookies.set({
    url: config.hallUrl,
    name: cookie.name,
    value: cookie.value,
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: config.hallUrl.startsWith('https:'),
    expirationDate: systemClock.now() / 1000 + year,
  });
}

function fromOurPage(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return maySpeak(
    config.hallUrl,
    frame === null ? undefined : { url: frame.url, isTop: frame.parent === null },
  );
}

ipcMain.on(channels.heartbeat, (event) => {
  if (fromOurPage(event)) feed({ name: 'heartbeat' });
});
ipcMain.on(channels.endVisit, (event) => {
  if (fromOurPage(event)) void endVisit();
});
ipcMain.handle(channels.staffExit, (event, pin: unknown) => {
  if (!fromOurPage(event) || typeof pin !== 'string') return 'closed';
  const answer = exit.try(pin);
  if (answer === 'opened') {
    leaving = true;
    app.quit();
  }
  return answer;
});

/** [KS9] a new renderer process per visit; cookies stay, they are the kiosk's identity. */
async function endVisit(): Promise<void> {
  const store = session.defaultSession;
  await store.clearStorageData({
    storages: ['localstorage', 'indexdb', 'cachestorage', 'serviceworkers', 'filesystem'],
  });
  await store.clearCache();
  const { clipboard } = await import('electron');
  clipboard.clear();
  const old = window;
  window = openWindow(store);
  old?.destroy();
  await load();
}

async function watchHall(): Promise<void> {
  const answers = await hallAnswers(fetch, config.hallUrl, AbortSignal.timeout(2000));
  feed({ name: answers ? 'hall-answers' : 'hall-silent' });
  systemClock.after(1000, () => void watchHall());
}

function tick(): void {
  feed({ name: 'tick' });
  systemClock.after(1000, tick);
}

void app.whenReady().then(async () => {
  const store = session.defaultSession;
  store.setPermissionRequestHandler((contents, permission, answer, details) => {
    answer(
      mayGrant(
        config.hallUrl,
        contents.getURL(),
        permission,
        'mediaTypes' in details ? (details.mediaTypes ?? []) : [],
      ),
    );
  });
  store.setPermissionCheckHandler((_contents, permission, origin, details) =>
    mayGrant(config.hallUrl, origin, permission, details.mediaType === undefined ? [] : [details.mediaType]),
  );
  store.on('will-download', (event) => {
    event.preventDefault();
  });
  window = openWindow(store);
  await window.loadFile(waitingPage);
  await watchHall();
  tick();
});
app.on('window-all-closed', () => {
  if (leaving) app.quit();
});
app.on('certificate-error', (_event, _contents, _url, _error, _certificate, answer) => {
  answer(false);
});
