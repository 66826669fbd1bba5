import { createContext, use } from 'react';
import type { PhoneView } from '../../contract/central-api.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import type { PhoneApi } from './phone-api.ts';

/** What every page of a signed-in member stands on. */
export interface Phone {
  readonly view: PhoneView;
  /** Central's time of the view. */
  readonly receivedAt: UnixMillis;
  /** Central answered last time; without it nothing can be asked of it. */
  readonly reachable: boolean;
  readonly api: PhoneApi;
  readonly signOut: () => Promise<void>;
}

const PhoneContext = createContext<Phone | undefined>(undefined);
export const PhoneProvider = PhoneContext.Provider;

export function usePhone(): Phone {
  const phone = use(PhoneContext);
  if (phone === undefined) throw new Error('no PhoneProvider above');
  return phone;
}
