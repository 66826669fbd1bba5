import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';

/** What every page of the locker journey shares. */
export type LockerFrame = Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome' | 'onBack'>;
