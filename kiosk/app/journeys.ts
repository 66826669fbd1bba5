import type { ComponentType } from 'react';
import type { HomeView } from '../../contract/hall-api.ts';
import type { PictogramName } from '../../ui/pictograms/Pictogram.tsx';
import { BookingJourney } from '../screens/booking/BookingJourney.tsx';
import { CheckInJourney } from '../screens/check-in/CheckInJourney.tsx';
import { HelpJourney } from '../screens/help/HelpJourney.tsx';
import { LockerJourney } from '../screens/locker/LockerJourney.tsx';
import { ProgressJourney } from '../screens/progress/ProgressJourney.tsx';
import { ServiceJourney } from '../screens/service/ServiceJourney.tsx';
import { WayJourney } from '../screens/way/WayJourney.tsx';

export type JourneyId = HomeView['journeys'][number];

export interface JourneyEntry {
  readonly id: JourneyId;
  readonly pictogram: PictogramName;
  readonly Component: ComponentType<{ onExit: () => void }>;
}

/** Every journey that is built; one that is not listed here has no tile. Add a line to plug one in. */
export const JOURNEYS: readonly JourneyEntry[] = [
  { id: 'way', pictogram: 'route', Component: WayJourney },
  { id: 'service', pictogram: 'service', Component: ServiceJourney },
  { id: 'check-in', pictogram: 'check-in', Component: CheckInJourney },
  { id: 'locker', pictogram: 'locker', Component: LockerJourney },
  { id: 'booking', pictogram: 'court', Component: BookingJourney },
  { id: 'progress', pictogram: 'search', Component: ProgressJourney },
  { id: 'help', pictogram: 'call-staff', Component: HelpJourney },
];
