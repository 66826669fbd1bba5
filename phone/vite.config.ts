import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { shellFiles } from './offline/shell-files.config.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Pages run under `default-src 'self'`: nothing is inlined, fonts and small files included. */
export default defineConfig({
  root: here('.'),
  base: '/phone/',
  plugins: [react(), shellFiles('sw.js', ['icon.svg', 'manifest.webmanifest'])],
  cacheDir: here('../node_modules/.vite/phone'),
  build: {
    outDir: here('../dist/phone'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: { index: here('index.html'), sw: here('offline/sw.main.ts') },
      // The service worker keeps its name and stands beside the page: both are how it is found.
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: { host: '127.0.0.1', fs: { allow: [here('..')] } },
});
