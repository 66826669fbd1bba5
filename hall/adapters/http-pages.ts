import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Headers of every answer. Pages run only what came with them, and only the kiosk's camera is asked for [HT6]. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self'",
    // Positions of menus and dialogs are set on elements by the component library.
    "style-src-attr 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Our own requests carry the page's path, so that desk and kiosk in one browser are told apart; nobody else's do.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export interface Pages {
  /** Folders of the built pages. */
  readonly kiosk: string;
  readonly console: string;
}

/** `/kiosk/` and `/console/` from their built folders; a page that is not built says so. */
export async function servePages(app: FastifyInstance, pages: Pages): Promise<void> {
  for (const [name, root] of Object.entries(pages) as [keyof Pages, string][]) {
    app.get(`/${name}`, (_request, reply) => reply.redirect(`/${name}/`));
    if (!existsSync(join(root, 'index.html'))) {
      app.get(`/${name}/`, (_request, reply) =>
        reply
          .code(503)
          .type('text/plain; charset=utf-8')
          .send(`The ${name} page is not built: npm run build\n`),
      );
      continue;
    }
    await app.register(fastifyStatic, {
      root,
      prefix: `/${name}/`,
      decorateReply: false,
      index: ['index.html'],
      redirect: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Built assets carry a hash in their name; the page itself must always be asked for anew.
        reply.header(
          'cache-control',
          path.includes(`${root}/assets/`) ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  app.get('/', (_request, reply) => reply.redirect('/kiosk/'));
}
