import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Millis } from '../../contract/ports.ts';
import { useClock } from '../../ui/clock.ts';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import { loadQrDecoder } from './qr-decoder.ts';
import './camera.css';

const EVERY: Millis = 120;
/** The same code is handed on again after this time only. */
const SAME_AFTER: Millis = 3_000;
/** Pictures are looked at this wide: enough for a code at arm's length, quick on a small computer. */
const WIDTH = 640;

export interface CameraViewProps {
  onText: (text: string) => void;
}

/** The kiosk's camera in a frame; reads codes while it stands, and keeps no picture. Nothing is shown without a camera. */
export function CameraView({ onText }: CameraViewProps): ReactNode {
  const { t } = useTranslation('check-in');
  const clock = useClock();
  const video = useRef<HTMLVideoElement>(null);
  const newest = useRef(onText);
  const [state, setState] = useState<'starting' | 'on' | 'none'>('starting');
  useEffect(() => {
    newest.current = onText;
  }, [onText]);

  useEffect(() => {
    let stopped = false;
    let stream: MediaStream | undefined;
    let cancel = (): void => undefined;
    const canvas = document.createElement('canvas');
    const paper = canvas.getContext('2d', { willReadFrequently: true });

    const run = async (): Promise<void> => {
      const decoder = await loadQrDecoder(location.search);
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } }, audio: false });
      const screen = video.current;
      if (stopped || screen === null || paper === null) {
        stop(stream);
        return;
      }
      screen.srcObject = stream;
      await screen.play();
      setState('on');
      let last = { text: '', at: -Infinity };
      const look = async (): Promise<void> => {
        if (screen.videoWidth > 0) {
          const scale = Math.min(1, WIDTH / screen.videoWidth);
          canvas.width = Math.round(screen.videoWidth * scale);
          canvas.height = Math.round(screen.videoHeight * scale);
          paper.drawImage(screen, 0, 0, canvas.width, canvas.height);
          const text = await decoder.decode(paper.getImageData(0, 0, canvas.width, canvas.height));
          const now = clock.monotonic();
          if (!stopped && text !== undefined && (text !== last.text || now - last.at > SAME_AFTER)) {
            last = { text, at: now };
            newest.current(text);
          }
        }
        if (!stopped)
          cancel = clock.after(EVERY, () => {
            void look();
          });
      };
      await look();
    };
    run().catch(() => {
      // No camera, or it is not allowed: scanner and keys remain, and the page says so.
      setState('none');
    });
    return () => {
      stopped = true;
      cancel();
      if (stream !== undefined) stop(stream);
      canvas.width = 0;
    };
  }, [clock]);

  if (state === 'none')
    return (
      <div className="camera camera--none">
        <Pictogram name="scan" />
        <p>{t('noCamera')}</p>
      </div>
    );
  return (
    <div className="camera">
      <video ref={video} muted playsInline aria-label={t('camera')} />
      <span className="camera__frame" aria-hidden="true" />
    </div>
  );
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
