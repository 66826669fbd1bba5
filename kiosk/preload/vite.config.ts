import { join } from 'node:path';
import { defineConfig } from 'vite';

/** A sandboxed preload must be one CommonJS file. */
export default defineConfig({
  build: {
    outDir: join(import.meta.dirname, '../../dist/shell'),
    emptyOutDir: false,
    target: 'chrome140',
    lib: { entry: join(import.meta.dirname, 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
    rollupOptions: { external: ['electron'] },
  },
});
