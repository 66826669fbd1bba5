import { createContext, createElement, use, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { Clock, Millis, UnixMillis } from '../contract/ports.ts';

/** The browser's clock: the only place in page code that touches Date and timers. */
export const browserClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, run) {
    const timer = setTimeout(run, delay);
    return () => {
      clearTimeout(timer);
    };
  },
};

const ClockContext = createContext<Clock>(browserClock);

/** Gives the pages below another clock; tests pass a virtual one. */
export function ClockProvider({ clock, children }: { clock: Clock; children?: ReactNode }): ReactNode {
  return createElement(ClockContext, { value: clock }, children);
}

/** The clock of this page. */
export function useClock(): Clock {
  return use(ClockContext);
}

/** The time now, refreshed at every whole `step` (default one second). */
export function useNow(step: Millis = 1000): UnixMillis {
  const clock = useClock();
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    let cancel = (): void => undefined;
    const plan = (): void => {
      // Aim at the next whole step, so that the minute turns when the wall clock's does.
      cancel = clock.after(step - (clock.now() % step) + 1, () => {
        setNow(clock.now());
        plan();
      });
    };
    plan();
    return () => {
      cancel();
    };
  }, [clock, step]);
  return now;
}

/**
 * Seconds left of `seconds`, counted on the monotonic clock from the first render (or from the
 * last change of `seconds` or `restart`); calls `onEnd` once at 0.
 */
export function useCountdown(seconds: number, onEnd: () => void, restart: string | number = 0): number {
  const clock = useClock();
  const [left, setLeft] = useState(seconds);
  const [end] = useState(() => ({ call: onEnd }));
  useEffect(() => {
    end.call = onEnd;
  }, [end, onEnd]);
  useEffect(() => {
    const deadline = clock.monotonic() + seconds * 1000;
    setLeft(seconds);
    let cancel = (): void => undefined;
    const plan = (): void => {
      const remaining = deadline - clock.monotonic();
      if (remaining <= 0) {
        setLeft(0);
        end.call();
        return;
      }
      cancel = clock.after(((remaining - 1) % 1000) + 1, () => {
        setLeft(Math.max(0, Math.ceil((deadline - clock.monotonic()) / 1000)));
        plan();
      });
    };
    plan();
    return () => {
      cancel();
    };
  }, [clock, seconds, restart, end]);
  return left;
}

/** Languages of the pages. */
export type Language = 'zh-CN' | 'en';

export const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

const formats = new Map<string, Intl.DateTimeFormat>();
function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options);
  formats.set(key, made);
  return made;
}

/** `14:12` in the hall's time zone. */
export function formatTime(at: UnixMillis, timeZone: string = DEFAULT_TIME_ZONE): string {
  return format('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at);
}

/** `11月24日 星期二` or `Tuesday 24 November` in the hall's time zone. */
export function formatDate(at: UnixMillis, language: Language, timeZone: string = DEFAULT_TIME_ZONE): string {
  const day = format(language, { month: 'long', day: 'numeric', timeZone }).format(at);
  const weekday = format(language, { weekday: 'long', timeZone }).format(at);
  return language === 'en' ? `${weekday} ${day}` : `${day} ${weekday}`;
}

/** Hours since the hall's midnight, with fraction: where "now" stands on a day bar. */
export function hourOfDay(at: UnixMillis, timeZone: string = DEFAULT_TIME_ZONE): number {
  const [hours, minutes] = formatTime(at, timeZone).split(':').map(Number);
  return (hours ?? 0) + (minutes ?? 0) / 60;
}

/** `1:20` from milliseconds: how long somebody has waited. */
export function formatElapsed(elapsed: Millis): string {
  const seconds = Math.max(0, Math.floor(elapsed / 1000));
  const minutes = Math.floor(seconds / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  if (minutes < 60) return `${String(minutes)}:${rest}`;
  return `${String(Math.floor(minutes / 60))}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}
