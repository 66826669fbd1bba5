import 'i18next';
import type common from './zh-CN/common.json';
import type frame from './zh-CN/frame.json';
import type keyboard from './zh-CN/keyboard.json';
import type welcome from './zh-CN/welcome.json';
import type checkIn from './zh-CN/check-in.json';
import type locker from './zh-CN/locker.json';
import type progress from './zh-CN/progress.json';
import type help from './zh-CN/help.json';
import type journey from './zh-CN/journey.json';
import type booking from './zh-CN/booking.json';
import type service from './zh-CN/service.json';
import type way from './zh-CN/way.json';
import type shell from './zh-CN/shell.json';
import type phone from './zh-CN/phone.json';
import type console from './zh-CN/console.json';
import type desk from './zh-CN/desk.json';

/**
 * Types the keys of every namespace after the Chinese files. A new file loads without this; the
 * line here gives it typed keys, and a unit test asks for the line.
 */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    returnNull: false;
    resources: {
      common: typeof common;
      frame: typeof frame;
      keyboard: typeof keyboard;
      welcome: typeof welcome;
      'check-in': typeof checkIn;
      locker: typeof locker;
      progress: typeof progress;
      help: typeof help;
      journey: typeof journey;
      booking: typeof booking;
      service: typeof service;
      way: typeof way;
      shell: typeof shell;
      phone: typeof phone;
      console: typeof console;
      desk: typeof desk;
    };
  }
}
