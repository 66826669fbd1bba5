/** What the shell itself asks of the hall: is it there, and who is this kiosk [KS5, KS8]. */

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** True when the hall's web server answers, even if one of its parts is down: the page will say which. */
export async function hallAnswers(fetcher: Fetch, hallUrl: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetcher(new URL('/healthz', hallUrl).href, { signal });
    return answer.status === 200 || answer.status === 503;
  } catch {
    // Refused, reset or timed out: the hall is not up yet, which is an ordinary state here.
    return false;
  }
}

export interface IdentityCookie {
  readonly name: string;
  readonly value: string;
}

/** Trades the one-time code for the kiosk's cookie, or undefined when the hall refuses the code. */
export async function enrol(
  fetcher: Fetch,
  hallUrl: string,
  code: string,
): Promise<IdentityCookie | undefined> {
  const answer = await fetcher(new URL('/api/v1/kiosks/enrol', hallUrl).href, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(hallUrl).origin },
    body: JSON.stringify({ code }),
  });
  if (answer.status !== 200) return undefined;
  const [pair] = (answer.headers.getSetCookie()[0] ?? '').split(';');
  const [name, ...value] = (pair ?? '').split('=');
  return name === undefined || name === '' ? undefined : { name: name.trim(), value: value.join('=') };
}
