import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Pages run under `default-src 'self'`: nothing is inlined, fonts and small files included. */
export default defineConfig({
  root: here('.'),
  base: '/phone/',
  plugins: [react()],
  cacheDir: here('../node_modules/.vite/phone'),
  build: {
    outDir: here('../dist/phone'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  server: { host: '127.0.0.1', fs: { allow: [here('..')] } },
});
