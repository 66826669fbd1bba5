import { encodeQr, movingTag, stepOf } from '../../contract/access-code.ts';
import { centralRoutes } from '../../contract/central-api.ts';
import type { GrantForPhone, PhoneView } from '../../contract/central-api.ts';
import type { Clock, UnixMillis } from '../../contract/ports.ts';
import { createApiClient, expectOk } from './api-client.ts';
import type { ApiClient, ApiReply } from './api-client.ts';

/** A worker's phone: what it fetched stays with it, and the QR keeps moving without a network. */
export interface Phone {
  readonly api: ApiClient<typeof centralRoutes>;
  /** Signs in with the one-time code that demo mode shows on the page. */
  signIn(mobile: string): Promise<void>;
  /** Fetches everything of this member and keeps it. */
  refresh(): Promise<PhoneView>;
  /** The same, with the refusal as an answer. */
  look(): Promise<ApiReply<PhoneView>>;
  /** What the phone last fetched, or undefined before the first time. */
  kept(): PhoneView | undefined;
  /** What the phone last fetched. Throws before the first refresh. */
  view(): PhoneView;
  grant(purpose: GrantForPhone['purpose'], target: number): GrantForPhone;
  /** The QR as drawn at `at` (default: now). */
  qr(grant: GrantForPhone, at?: UnixMillis): string;
}

export function createPhone(centralUrl: string, clock: Clock): Phone {
  const api = createApiClient(centralUrl, centralRoutes);
  let kept: PhoneView | undefined;

  const view = (): PhoneView => {
    if (kept === undefined) throw new Error('the phone has not been online yet');
    return kept;
  };

  const look = async (): Promise<ApiReply<PhoneView>> => {
    const reply = await api.call('phone', { query: {} });
    if (reply.ok) kept = reply.value;
    return reply;
  };

  return {
    api,
    look,
    kept: () => kept,
    signIn: async (mobile) => {
      const { demoCode } = await expectOk(api.call('requestCode', { body: { mobile } }));
      if (demoCode === null) throw new Error('no code on the page: central is not in demo mode');
      await expectOk(api.call('signInPhone', { body: { mobile, code: demoCode } }));
    },
    refresh: () => expectOk(look()),
    view,
    grant: (purpose, target) => {
      const found = view().grants.find((grant) => grant.purpose === purpose && grant.target === target);
      if (found === undefined) throw new Error(`no ${purpose} grant for ${String(target)} on this phone`);
      return found;
    },
    qr: (grant, at = clock.now()) => drawQr(grant, at),
  };
}

/** Draws the moving QR from what the phone holds. */
export function drawQr(grant: GrantForPhone, at: UnixMillis): string {
  const signed = Uint8Array.from(Buffer.from(grant.signed, 'base64'));
  const time = Math.floor(at / 1000);
  const tag = movingTag(Uint8Array.from(Buffer.from(grant.secret, 'base64')), stepOf(time));
  return encodeQr(signed.slice(0, 30), signed.slice(30), { time, tag });
}
