/** What the kiosk window may show and be granted: pure, so that every refusal is a line in a test. */

/** Only the kiosk page of this very hall [KS1]. Both are absolute URLs; anything unreadable is refused. */
export function mayShow(hallUrl: string, url: string): boolean {
  if (!URL.canParse(url) || !URL.canParse(hallUrl)) return false;
  const wanted = new URL(url);
  return (
    wanted.origin === new URL(hallUrl).origin &&
    (wanted.pathname === '/kiosk' || wanted.pathname.startsWith('/kiosk/'))
  );
}

/**
 * Camera to the hall's page, nothing else to anybody [KS2].
 * @param permission Electron's name of the permission
 * @param media for `media`: what is asked for
 */
export function mayGrant(
  hallUrl: string,
  origin: string,
  permission: string,
  media: readonly string[],
): boolean {
  if (permission !== 'media' || media.length === 0) return false;
  if (!URL.canParse(origin) || new URL(origin).origin !== new URL(hallUrl).origin) return false;
  return media.every((kind) => kind === 'video');
}

/** A bridge message counts only when it comes from the top frame showing the hall's page [KS7]. */
export function maySpeak(
  hallUrl: string,
  frame: { readonly url: string; readonly isTop: boolean } | undefined,
): boolean {
  return frame !== undefined && frame.isTop && mayShow(hallUrl, frame.url);
}
