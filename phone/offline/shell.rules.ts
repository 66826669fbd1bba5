/** What the service worker does with a request [PP13]. */
export type ShellPlan =
  /** The page itself, from the store first. */
  | 'page'
  /** A file of the page: from the store first, fetched and stored once otherwise. */
  | 'file'
  /** Not ours: the network alone, nothing stored. Answers of central hold secrets. */
  | 'network';

/** @param scope path of the page, `/phone/` */
export function planFor(
  request: { readonly method: string; readonly mode: string; readonly url: string },
  origin: string,
  scope: string,
): ShellPlan {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== origin || !url.pathname.startsWith(scope)) return 'network';
  if (url.pathname.startsWith(`${scope}api/`)) return 'network';
  return request.mode === 'navigate' ? 'page' : 'file';
}
