import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** `/phone/` from its built folder; a page that is not built says so. The service worker must always be asked for anew. */
export async function servePhonePage(app: FastifyInstance, root: string): Promise<void> {
  app.get('/', (_request, reply) => reply.redirect('/phone/'));
  app.get('/phone', (_request, reply) => reply.redirect('/phone/'));
  if (!existsSync(join(root, 'index.html'))) {
    app.get('/phone/', (_request, reply) =>
      reply.code(503).type('text/plain; charset=utf-8').send('The phone page is not built: npm run build\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root,
    prefix: '/phone/',
    decorateReply: false,
    index: ['index.html'],
    redirect: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        path.includes(`${root}/assets/`) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}
