import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

// The Go build embeds dist/ and needs dist/.keep in a checkout that never
// built the UI, so the build empties the folder itself and spares that file.
function emptyDistKeepingMarker(): Plugin {
  return {
    name: 'empty-dist-keeping-marker',
    apply: 'build',
    buildStart() {
      const dist = join(import.meta.dirname, 'dist');
      for (const name of readdirSync(dist)) {
        if (name !== '.keep') rmSync(join(dist, name), { recursive: true });
      }
    },
  };
}

// The size check reads the build's manifest; the binary that embeds dist/ does
// not need it.
function keepManifestOutOfDist(): Plugin {
  return {
    name: 'keep-manifest-out-of-dist',
    apply: 'build',
    closeBundle() {
      const dirname = import.meta.dirname;
      const cache = join(dirname, 'node_modules', '.cache');
      mkdirSync(cache, { recursive: true });
      renameSync(join(dirname, 'dist', '.vite', 'manifest.json'), join(cache, 'monopod-manifest.json'));
      rmSync(join(dirname, 'dist', '.vite'), { recursive: true });
    },
  };
}

const backend = process.env.MONOPOD_URL ?? 'http://127.0.0.1:9090';
const backendPaths = ['/api', '/metrics', '/federate', '/-/', '/version'];

export default defineConfig({
  // Assets are named relative to <base href>, which the server sets to its
  // external path, so that one build serves below any route prefix.
  base: './',
  plugins: [emptyDistKeepingMarker(), keepManifestOutOfDist()],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    reportCompressedSize: false,
    manifest: true,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(backendPaths.map((path) => [path, { target: backend }])),
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
