import { describe, expect, it } from 'vitest';
import { mayGrant, mayShow, maySpeak } from '../../../kiosk/main/window-policy.rules.ts';

const hall = 'http://127.0.0.1:7080';

describe('what the window shows', () => {
  it.each([
    'http://127.0.0.1:7080/kiosk/',
    'http://127.0.0.1:7080/kiosk',
    'http://127.0.0.1:7080/kiosk/?a=b#c',
  ])('[KS1] %s is the kiosk page', (url) => {
    expect(mayShow(hall, url)).toBe(true);
  });

  it.each([
    'http://127.0.0.1:7080/console/',
    'http://127.0.0.1:7080/kiosk/../console/',
    'http://127.0.0.1:7080/kiosks/',
    'http://127.0.0.1:7081/kiosk/',
    'https://127.0.0.1:7080/kiosk/',
    'http://127.0.0.1:7080@evil.example/kiosk/',
    'file:///etc/passwd',
    'about:blank',
    'javascript:alert(1)',
    'not a url',
    '',
  ])('[KS1] %s is refused', (url) => {
    expect(mayShow(hall, url)).toBe(false);
  });

  it('[KS2] the camera and nothing else, to the hall and nobody else', () => {
    expect(mayGrant(hall, `${hall}/kiosk/`, 'media', ['video'])).toBe(true);
    expect(mayGrant(hall, hall, 'media', ['video', 'audio'])).toBe(false);
    expect(mayGrant(hall, hall, 'media', [])).toBe(false);
    expect(mayGrant(hall, 'http://evil.example', 'media', ['video'])).toBe(false);
    for (const permission of [
      'geolocation',
      'notifications',
      'clipboard-read',
      'fullscreen',
      'openExternal',
      'serial',
      'usb',
      'hid',
    ]) {
      expect(mayGrant(hall, hall, permission, ['video']), permission).toBe(false);
    }
  });

  it('[KS7] only the top frame of the kiosk page is listened to', () => {
    expect(maySpeak(hall, { url: `${hall}/kiosk/`, isTop: true })).toBe(true);
    expect(maySpeak(hall, { url: `${hall}/kiosk/`, isTop: false })).toBe(false);
    expect(maySpeak(hall, { url: 'file:///waiting.html', isTop: true })).toBe(false);
    expect(maySpeak(hall, undefined)).toBe(false);
  });
});
