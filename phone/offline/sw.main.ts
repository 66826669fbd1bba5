import { planFor } from './shell.rules.ts';

/**
 * Keeps the page itself on the phone, so that it opens without a network [PP13]. The build writes
 * the names of the files and their common version here; another version is another service worker.
 */

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent extends LifeEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
}
const worker = self as unknown as WorkerScope;

const VERSION = '__SHELL_VERSION__';
const FILES = '__SHELL_FILES__'.split('|');
const CACHE = `phone-${VERSION}`;
const scope = new URL('./', worker.location.href).pathname;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      // From the server itself, not from what the browser may still hold of an older version.
      .then((cache) => cache.addAll(FILES.map((file) => new Request(scope + file, { cache: 'reload' }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  switch (planFor(request, worker.location.origin, scope)) {
    case 'page':
      event.respondWith(fromStore(new Request(scope)));
      return;
    case 'file':
      event.respondWith(fromStore(request));
      return;
    case 'network':
      return;
  }
});

async function fromStore(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const stored = await cache.match(request, { ignoreVary: true });
  if (stored !== undefined) return stored;
  const fresh = await fetch(request);
  if (fresh.ok && fresh.type === 'basic') await cache.put(request, fresh.clone());
  return fresh;
}
