import type { Trouble } from '../rules/attention.rules.ts';
import { useDesk } from './desk-context.tsx';
import { useWords } from './words.ts';

/** The place a sensor watches; nothing for other devices. */
export function useSensorPlace(): (device: string) => string | undefined {
  const { say } = useWords();
  const { resources } = useDesk();
  return (device) => {
    const place = resources.find((each) => each.occupancy.sensors.some((one) => one.device === device));
    return place === undefined ? undefined : say(place.resource.name);
  };
}

/** Name, state and advice of a trouble, in the language of the page. */
export function useTroubleWords(): (trouble: Trouble) => { name: string; what: string; advice: string } {
  const { t, say } = useWords();
  const placeOf = useSensorPlace();
  return (trouble) => {
    switch (trouble.kind) {
      case 'device': {
        const { device } = trouble;
        const kind = t(`devices.kind.${deviceKind(device.kind)}`);
        const advice = trouble.advice === null ? t('devices.fine') : say(trouble.advice);
        const place = placeOf(device.id);
        return {
          // A sensor is known by the place it watches, other devices by the name on their label.
          name: place ?? `${kind} ${device.id}`,
          what: t(`devices.states.${device.state}`),
          advice: place === undefined ? advice : t('devices.sensorAdvice', { kind, advice }),
        };
      }
      case 'kiosk':
        return {
          name: say(trouble.kiosk.name),
          what: t(`devices.kioskStates.${trouble.kiosk.state}`),
          advice: trouble.kiosk.state === 'never' ? t('devices.kioskNeverAdvice') : t('devices.kioskAdvice'),
        };
      case 'door': {
        const { compartment, commanded, observed } = trouble.door;
        return {
          name: t('places.doorNumber', { number: compartment.number }),
          what: t('places.mark.mismatch'),
          advice: t('devices.doorAdvice', {
            commanded: t(`places.command.${commanded}`),
            observed: t(`places.position.${observed}`),
          }),
        };
      }
    }
  };
}

const KINDS = ['lock-board', 'printer', 'scanner', 'card-reader', 'sensor', 'relay', 'device'] as const;

/** A kind we have no word for is a device. */
export function deviceKind(kind: string): (typeof KINDS)[number] {
  return KINDS.find((each) => each === kind) ?? 'device';
}
