import type { hallRoutes } from '../../contract/hall-api.ts';
import type { Api } from '../../ui/api/client.ts';

/** `#enrol=CODE` in the address is used once and taken out of it, also when it was wrong. */
export async function enrolFromAddress(api: Api<typeof hallRoutes>, view: Window): Promise<void> {
  const code = new URLSearchParams(view.location.hash.slice(1)).get('enrol');
  if (code === null) return;
  view.history.replaceState(null, '', view.location.pathname + view.location.search);
  await api.call('enrolKiosk', { body: { code } });
}
