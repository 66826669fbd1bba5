import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** The shell for Electron: one ES module for the main process; the preload has a build of its own. */
const out = join(import.meta.dirname, '../../dist/shell');

export default defineConfig({
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'node24',
    ssr: join(import.meta.dirname, 'shell.main.ts'),
    rollupOptions: { external: ['electron'], output: { format: 'es', entryFileNames: 'shell.js' } },
  },
  ssr: { noExternal: true, external: ['electron'] },
  plugins: [
    {
      name: 'waiting-page',
      closeBundle: () => {
        for (const file of ['waiting.html', 'waiting.css'])
          copyFileSync(join(import.meta.dirname, file), join(out, file));
      },
    },
  ],
});
