import type { Step } from '../run.ts';
import type { World } from '../world.ts';
import { businessSteps } from './business.steps.ts';
import { checkInSteps } from './check-in.steps.ts';
import { lockerSteps } from './locker.steps.ts';
import { mendSteps } from './mend.steps.ts';
import { phoneSteps } from './phone.steps.ts';
import { releaseStep, roomSteps } from './rooms.steps.ts';

const [cut, ...checkIns] = checkInSteps;

/** The day in order. The booking nobody comes for is made early, so that its window passes while others act. */
export const storySteps: readonly Step<World>[] = [
  ...phoneSteps,
  ...(cut === undefined ? [] : [cut]),
  ...roomSteps,
  ...checkIns,
  ...lockerSteps,
  ...businessSteps,
  releaseStep,
  ...mendSteps,
];
