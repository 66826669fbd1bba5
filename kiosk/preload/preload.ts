import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_NAME, channels } from './bridge.ts';
import type { KioskShell } from './bridge.ts';

const shell: KioskShell = {
  heartbeat: () => {
    ipcRenderer.send(channels.heartbeat);
  },
  endVisit: () => {
    ipcRenderer.send(channels.endVisit);
  },
  staffExit: async (pin) => {
    const answer: unknown = await ipcRenderer.invoke(channels.staffExit, String(pin));
    return answer === 'opened' || answer === 'wrong' ? answer : 'closed';
  },
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, shell);
