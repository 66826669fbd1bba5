import { accepted, refused } from '../../contract/refusals.ts';
import type { HallHandlers } from '../handlers.ts';
import type { HallContext } from '../ports.ts';
import type { IdentityService } from './identity.service.ts';

/** The account the demo offers when the configuration names none. Only ever made in a folder marked demo. */
export const DEMO_STAFF = { name: 'demo', password: 'demo-hall-1', role: 'manager' } as const;

/** Routes of identity that set no cookie; those that do are in the HTTP adapter. */
export function createIdentityApi(
  context: Pick<HallContext, 'config' | 'reference'>,
  identity: IdentityService,
  phoneUrl: () => string,
): Pick<HallHandlers, 'demo' | 'kioskCode'> {
  const { config, reference } = context;
  return {
    demo: () => {
      if (!config.demo) return refused('not-found');
      const kiosks = [];
      for (const kiosk of config.kiosks) {
        const code = identity.kioskCode(kiosk.id, 'hall');
        if (code.ok) kiosks.push({ kiosk: kiosk.id, name: kiosk.name, code: code.value.code });
      }
      const staff = config.firstStaff[0] ?? DEMO_STAFF;
      const member = reference.all('member').find((each) => !each.blocked);
      return accepted({
        kiosks,
        staff: { name: staff.name, password: staff.password },
        phone: phoneUrl(),
        member:
          member === undefined ? null : { memberNumber: member.memberNumber, phoneLast4: member.phoneLast4 },
      });
    },
    kioskCode: (call) => {
      if (call.caller.kind !== 'staff' || call.caller.role !== 'manager') return refused('not-allowed');
      return identity.kioskCode(call.params.id, `staff:${call.caller.name}`);
    },
  };
}
