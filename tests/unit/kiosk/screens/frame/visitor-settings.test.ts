import { expect, test } from 'vitest';
import { nextTextSize } from '../../../../../kiosk/screens/frame/visitor-settings.ts';

test('[UI10] the text size goes round', () => {
  expect(nextTextSize('standard')).toBe('large');
  expect(nextTextSize('large')).toBe('elderly');
  expect(nextTextSize('elderly')).toBe('standard');
});
