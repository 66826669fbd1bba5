import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** Fonts are hundreds of small files: each is kept when a text first needs it, not all beforehand. */
const LATER = /\.(woff2?|map)$/;

/**
 * Writes into the service worker which files make up the page, and a version over all their
 * contents: a changed page is a changed service worker, which is how browsers notice [PP13].
 */
export function shellFiles(worker: string, publicFiles: readonly string[]): Plugin {
  return {
    name: 'shell-files',
    apply: 'build',
    enforce: 'post',
    generateBundle: (_options, bundle) => {
      const names = Object.keys(bundle).filter((name) => name !== worker && !LATER.test(name));
      const hash = createHash('sha256');
      for (const name of names.toSorted()) {
        const part = bundle[name];
        hash.update(name).update(part?.type === 'chunk' ? part.code : (part?.source ?? ''));
      }
      const chunk = bundle[worker];
      if (chunk?.type !== 'chunk') throw new Error(`${worker} is not among the built files`);
      // The page is stored under its folder's address, as it is opened.
      const files = ['', ...names.filter((name) => name !== 'index.html'), ...publicFiles];
      chunk.code = chunk.code
        .replace('__SHELL_VERSION__', hash.digest('hex').slice(0, 16))
        .replace('__SHELL_FILES__', files.join('|'));
    },
  };
}
