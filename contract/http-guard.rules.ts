/** Which `Host` and `Origin` may talk to a server of ours: pure, decided on text only. */

export interface Allowed {
  /** `host:port` in lower case, as a browser writes it. */
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

/**
 * @param extraHosts names from the configuration, with or without port; without one the chosen port and the default port both count.
 */
export function allowedFor(options: {
  readonly port: number;
  readonly tls: boolean;
  readonly extraHosts: readonly string[];
  readonly extraOrigins: readonly string[];
}): Allowed {
  const scheme = options.tls ? 'https' : 'http';
  const standard = options.tls ? 443 : 80;
  const hosts = new Set<string>();
  const add = (name: string): void => {
    const lower = name.toLowerCase();
    if (/:\d+$/.test(lower)) {
      hosts.add(lower);
      return;
    }
    hosts.add(`${lower}:${String(options.port)}`);
    // A browser leaves the standard port out of `Host`, and so does a proxy in front.
    hosts.add(lower);
  };
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    hosts.add(`${name}:${String(options.port)}`);
    if (options.port === standard) hosts.add(name);
  }
  for (const name of options.extraHosts) add(name);
  return {
    hosts,
    origins: new Set([
      ...[...hosts].map((host) => `${scheme}://${host}`),
      ...options.extraOrigins.map((each) => each.toLowerCase()),
    ]),
  };
}

/** [HT1] A request by any other name is somebody's DNS trick, whatever it asks. */
export function hostAllowed(allowed: Allowed, host: string | undefined): boolean {
  return host !== undefined && allowed.hosts.has(host.toLowerCase());
}

/**
 * [HT2] Writes and live views: a browser says where its page came from, and that must be ours.
 * Programs that are no browser send neither header; they still need an identity.
 */
export function originAllowed(
  allowed: Allowed,
  origin: string | undefined,
  fetchSite: string | undefined,
): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') {
    return origin !== undefined && allowed.origins.has(origin.toLowerCase());
  }
  return origin === undefined || allowed.origins.has(origin.toLowerCase());
}
