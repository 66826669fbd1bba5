/** `npm run kiosk:install`: runs Electron's own installer and says what to do when it cannot. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const installer = resolve(import.meta.dirname, '../node_modules/electron/install.js');
if (!existsSync(installer)) {
  console.error('Electron is not among the installed packages. Run npm ci first.');
  process.exit(1);
}
const done = spawnSync(process.execPath, [installer], { stdio: 'inherit' });
if (done.status === 0) {
  console.log('Electron is ready: npm start opens the kiosk in it.');
} else {
  console.error(
    [
      'Electron could not be downloaded; the network here may not allow it. You can',
      '  - set ELECTRON_MIRROR to a mirror that you can reach and run this again, or',
      '  - set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds an unpacked Electron of the same version, or',
      '  - go on without it: npm start then opens Chromium in kiosk mode, or prints the address.',
    ].join('\n'),
  );
  process.exit(1);
}
