import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

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
